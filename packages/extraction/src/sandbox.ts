import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The programs of what reads a document: of all files that is what it can read. */
const programs = ['.', '../package.json', '../node_modules', '../../../node_modules', '../../../package.json'].map(here);

/** With these Node writes no file, reads its own programs alone, and starts no other process or thread. `memory`: of its heap, in MiB. */
export const sandboxOf = (memory: number): string[] => [
  '--permission',
  ...programs.map((path) => `--allow-fs-read=${path}`),
  `--max-old-space-size=${memory}`,
  '--disable-warning=ExperimentalWarning',
];
