#!/usr/bin/env node
import { run } from './program.ts';

const stopping = new AbortController();
// The first Ctrl-C ends what runs in order, a second one at once.
process.once('SIGINT', () => stopping.abort());
// Whoever reads the output has seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await run(process.argv.slice(2), stopping.signal);
