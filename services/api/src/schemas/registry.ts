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

type Choice = { _zod: { def: { type: string; options?: z.ZodType[]; discriminator?: string } } };

const inCapitals = (name: string) => name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names a choice and its members, each after its value of the discriminator, in capitals; `Empty` stands for several values. */
const allNamedIn =
  (registry: typeof sent) =>
  (choice: z.ZodType, nameOf: (value: string) => string, id: string, description: string): void => {
    const { options = [], discriminator = '' } = (choice as Choice)._zod.def;
    for (const option of options) {
      const [value = '', ...others] = [...(option._zod.propValues?.[discriminator] ?? [])].map(String);
      registry.add(option, { id: nameOf(others.length === 0 ? inCapitals(value) : 'Empty') });
    }
    namedIn(registry)(id, choice, description);
  };

/** Names a schema of request bodies. */
export const sentAs = namedIn(sent);
export const sentAllAs = allNamedIn(sent);
/** Names a schema of answers. */
export const answeredAs = namedIn(answered);
export const answeredAllAs = allNamedIn(answered);
