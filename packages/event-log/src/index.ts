export type { Catalogue, CatalogueEntry } from './codec.ts';
export type { RandomBytes } from './disclosure.ts';
export { createMemoryLog } from './memory.ts';
export * from './port.ts';
