export { createExtract, type Document, type Extract, type Options } from './extract.ts';
export {
  type Cue,
  type Extracted,
  type Limits,
  type MediaType,
  mediaTypes,
  type Original,
  type Outcome,
  type Page,
  type RefusalCode,
  refusals,
  standardLimits,
} from './extracted.ts';
