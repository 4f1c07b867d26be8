import { fileURLToPath } from 'node:url';
import { start } from './start.ts';

const fileOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

await start({
  api: fileOf('services/api/src/main.ts'),
  worker: fileOf('services/worker/src/main.ts'),
  samples: fileOf('packages/samples/src/load.ts'),
});
