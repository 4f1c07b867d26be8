export { type Loaded, type LoadOptions, loadSamples, type SampleSet } from './loader.ts';
export type { Keys } from './shapes.ts';
