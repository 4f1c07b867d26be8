import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';

/** What people read in the document, and no type says. */
const words = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'tags', 'info']);

/** Without words, unless they are the names of members. */
const bare = (value: unknown, names = false): unknown => {
  if (Array.isArray(value)) return value.map((one) => bare(one));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => names || !words.has(name));
  return Object.fromEntries(members.map(([name, one]) => [name, bare(one, name === 'properties' && !names)]));
};

/** The file of types that `packages/client` has of the document: `packages/client/src/openapi.ts`. */
export const clientTypes = async (document: OpenAPI3): Promise<string> => {
  const stripped = { ...(bare(document) as OpenAPI3), info: { title: 'Averment', version: '1' } };
  // A member with a default may be left out of a request, and stands in every answer: a schema of its own for each, so none is made required here.
  const text = astToString(await openapiTypescript(stripped, { defaultNonNullable: false, alphabetize: true }));
  return `// Made from /openapi.json by: npm run client\n\n${text}`;
};
