import { z } from 'zod';

type Meta = { id: string; description?: string };

/** The schemas that the OpenAPI document names: what is sent, and what is answered. One schema stands in one of them. */
export const sent = z.registry<Meta>();
export const answered = z.registry<Meta>();

const namedIn =
  (registry: typeof sent) =>
  <S extends z.ZodType>(id: string, schema: S, description?: string): S => {
    registry.add(schema, description === undefined ? { id } : { id, description });
    return schema;
  };

/** Names a schema of request bodies. */
export const sentAs = namedIn(sent);
/** Names a schema of answers. */
export const answeredAs = namedIn(answered);
