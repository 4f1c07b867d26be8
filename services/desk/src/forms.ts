import type { FastifyRequest } from 'fastify';
import { type Html, html } from './html.ts';
import type { Form } from './page.ts';

/** The hidden field in which a form carries its token. */
export const tokenField = '_csrf';

/** Hidden fields that go on to the API as headers. */
const headers = ['idempotencyKey', 'etag'];

type Part = { value?: unknown; filename?: string; mimetype?: string; toBuffer?(): Promise<Buffer> };
type File = NonNullable<ReturnType<Form['file']>>;

/** The fields and files of a body, as the parsers of forms left them. Throws what is shown as a refusal where no form of ours has such fields. */
export const formOf = async ({ body }: FastifyRequest): Promise<Form> => {
  const fields: (readonly [string, string])[] = [];
  const files = new Map<string, File>();
  if (body instanceof URLSearchParams) fields.push(...body);
  else if (typeof body === 'object' && body !== null) {
    for (const [name, parts] of Object.entries(body as Record<string, Part | Part[]>)) {
      for (const part of [parts].flat()) {
        const { value, filename, mimetype = '' } = part;
        if (part.toBuffer !== undefined && filename) files.set(name, { name: filename, type: mimetype, bytes: await part.toBuffer() });
        else if (typeof value === 'string') fields.push([name, value]);
      }
    }
  }
  if (fields.some(([name, value]) => headers.includes(name) && !/^[\x20-\x7e]{0,1000}$/.test(value)))
    throw Object.assign(new Error('This form was changed on its way. Open its page anew, and send it from there.'), { statusCode: 422 });
  // Browsers send the ends of lines as CR LF.
  const all = (name: string) => fields.filter(([one]) => one === name).map(([, value]) => value.replaceAll('\r\n', '\n'));
  return {
    text: (name) => all(name)[0]?.trim() ?? '',
    all,
    file: (name) => files.get(name) ?? null,
    fields: fields.filter(([name]) => name !== tokenField),
  };
};

/** The token that came with a form. */
export const tokenOf = (request: FastifyRequest): string => {
  const { body } = request;
  if (body instanceof URLSearchParams) return body.get(tokenField) ?? '';
  const part = (body as Record<string, Part> | null)?.[tokenField];
  return typeof part?.value === 'string' ? part.value : '';
};

export const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`;
