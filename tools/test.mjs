// Runs the tests, each file in a process of its own, and tells what failed and what was skipped. The last line counts assertions:
// `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'tap-parser';
import { commandLine } from '../packages/platform/src/command-line.ts';

const usage = `npm test [-- <file or folder>...]

Runs every test, or those that are named, as packages/domain/test/decide-review.test.ts.`;

const { positionals: given } = commandLine('npm test', usage).read({}, { positionals: Number.POSITIVE_INFINITY });

/** The longest go first, so that none of them is left alone at the end. */
const everywhere = ['test/**/*.test.ts', 'services/*/test/**/*.test.ts', 'packages/*/test/**/*.test.ts'];
/** One more than there are cores: a file waits for disks and for other processes half of its time. */
const lanes = Number(process.env.TEST_LANES ?? availableParallelism() + 1);
/**
 * A file that takes this long (minutes) hangs: the slowest takes one, and on a machine that is busy with something else several times as long. It is ended
 * with all that it started, and counts as failed.
 */
const bound = Number(process.env.TEST_FILE_MINUTES ?? 30);
/** Where Node keeps what it compiled: each file and each process of the service that a test starts would strip the same types again. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
const running = new Set();

const testFiles = (given) => {
  if (given.length === 0) return everywhere.flatMap((pattern) => globSync(pattern).sort());
  return given.flatMap((path) => {
    const own = relative(process.cwd(), path) || '.';
    const found = own.endsWith('.ts') ? [own] : globSync(`${own}/**/*.test.ts`).sort();
    if (found.length === 0 || !existsSync(found[0])) {
      console.error(`averment: there is no test at ${path}`);
      process.exit(1);
    }
    return found;
  });
};

/** Runs one file; resolves to its counts, and to what has to be shown of it. */
const runFile = (file) => {
  return new Promise((resolve) => {
    const started = performance.now();
    const result = { file, passed: 0, failed: 0, skipped: 0, notes: [] };
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
      // A test ends when its work is done; a limit by the clock would make it fail on a slow machine only.
      env: { NODE_COMPILE_CACHE: compiled, ...process.env, TAP_TIMEOUT: '0', NODE_ENV: 'test' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it started can be ended with it.
      detached: true,
    });
    running.add(child);
    const limit = setTimeout(() => {
      result.failed += 1;
      result.notes.push(`not ok ${file}\n    did not end within ${bound} minutes`);
      endGroup(child, 'SIGKILL');
      // A server that it started in a group of its own may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, bound * 60_000);
    const parser = new Parser();
    listen(parser, [], result);
    let printed = '';
    const output = [];
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => (printed += `${error.message}\n`));
    child.on('close', (code, signal) => {
      running.delete(child);
      clearTimeout(limit);
      parser.on('complete', (summary) => {
        const silent = result.passed + result.failed + result.skipped === 0;
        if ((code !== 0 || !summary.ok || silent) && result.failed === 0) {
          result.failed = 1;
          const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
          result.notes.push(
            `not ok ${file}\n    ${silent ? `no assertion was made; it ${how}` : `all its assertions passed, yet it ${how}`}`,
          );
        }
        if (result.failed > 0 && printed !== '') result.notes.push(`  what it printed:\n${indent(printed, 4)}`);
        resolve({ ...result, milliseconds: performance.now() - started });
      });
      parser.end(Buffer.concat(output).toString('utf8'));
    });
  });
};

/** Ends a test and what it started, as far as that left no group of its own. */
const endGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // It has ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
};

/** Counts the leaves: an assertion inside a subtest counts, the line that closes the subtest does not. */
const listen = (parser, path, result) => {
  parser.on('child', (child) => listen(child, [...path, child.name], result));
  parser.on('bailout', (reason) => {
    result.failed += 1;
    result.notes.push(`not ok ${[result.file, ...path].join(' > ')}\n    bailed out: ${reason}`);
  });
  parser.on('assert', (point) => {
    const name = [result.file, ...path, point.name].join(' > ');
    if (point.skip !== false) {
      result.skipped += 1;
      result.notes.push(`skipped ${name}: ${point.skip === true ? 'no reason given' : point.skip.replace(/^skipped: /, '')}`);
    } else if (point.todo !== false) {
      result.failed += 1;
      result.notes.push(`not ok ${name}\n    a test that is still to be written does not pass`);
    } else if (!point.ok) {
      if (point.closingTestPoint && result.failed > 0) return;
      result.failed += 1;
      result.notes.push(`not ok ${name}\n${indent(describe(point.diag), 4)}`);
    } else if (!point.closingTestPoint) {
      result.passed += 1;
    }
  });
};

const describe = (diag) => {
  if (diag === null || typeof diag !== 'object') return '';
  const { at, stack, source, ...rest } = diag;
  const lines = Object.entries(rest).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return text.includes('\n') ? `${key}:\n${indent(text, 2)}` : `${key}: ${text}`;
  });
  if (at?.fileName) lines.unshift(`at ${at.fileName}:${at.lineNumber}`);
  if (typeof stack === 'string') lines.push(stack.trimEnd());
  return lines.join('\n');
};

const indent = (text, width) => text.trimEnd().replace(/^(?=.)/gm, ' '.repeat(width));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) endGroup(child, signal);
    process.exit(130);
  });
}

const files = testFiles(given);
const total = { passed: 0, failed: 0, skipped: 0 };
const waiting = [...files];
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file);
      const counts = `${result.passed} passed${result.failed ? `, ${result.failed} failed` : ''}${result.skipped ? `, ${result.skipped} skipped` : ''}`;
      console.log(`${result.failed ? 'FAILED' : 'ok'} ${file} (${counts}, ${(result.milliseconds / 1000).toFixed(1)} s)`);
      for (const note of result.notes) console.log(indent(note, 2));
      for (const key of Object.keys(total)) total[key] += result[key];
    }
  }),
);
if (files.length === 0) console.log('there are no tests');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || files.length === 0 ? 1 : 0;
