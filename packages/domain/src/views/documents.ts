/**
 * The documents that the API serves, as schemas (`…Shape`), and their types: plain JSON, `null` for what is absent and for a text that was erased, arrays in
 * the order of the record unless a field says otherwise, keys always in the same order. The same state gives the same bytes. The schemas describe answers in
 * the OpenAPI document; no answer is validated when it is served.
 */

export * from './documents/candidate.ts';
export { type CitationDocument, citationShape } from './documents/citation.ts';
export * from './documents/claim.ts';
export * from './documents/edit.ts';
export * from './documents/entries.ts';
export * from './documents/erratum.ts';
export * from './documents/incident.ts';
export * from './documents/party.ts';
export * from './documents/reasons.ts';
