import { createLogger } from '@averment/platform';
import { createJobs } from '../src/index.ts';

// A worker that is killed in the middle of its job: run as a child, with the store as its argument.
const store = JSON.parse(process.argv[2] ?? '{}');
const jobs = await createJobs({ store, logger: createLogger({ level: 'silent', name: 'test' }), abandoned: 1000 });
await jobs.work({
  a: async () => {
    process.send?.('working');
    await new Promise(() => undefined);
  },
});
process.send?.('ready');
