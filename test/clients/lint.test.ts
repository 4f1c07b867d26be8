import { execFile } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { startServer } from '../e2e/server.ts';

/** Two linters that others hold their documents against find nothing in ours. They are installed for this alone: 83 MB that no user needs. */

type Ended = { code: unknown; out: string; err: string };
const folder = await testFolder(t);
const tools = join(folder, 'lint');
cpSync(join(import.meta.dirname, 'lint'), tools, { recursive: true });

const run = (file: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    // Nothing is sent to anybody.
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', SCARF_ANALYTICS: 'false' };
    execFile(file, args, { cwd: tools, env, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });
const installed = await run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
const skip = installed.code === 0 ? false : `the linters cannot be installed: ${installed.err.trim().split('\n')[0]}`;

/** What a linter says of a document: a line for each fault. */
const redocly = async (file: string): Promise<string[]> => {
  const { out } = await run(process.execPath, 'node_modules/@redocly/cli/bin/cli.js', 'lint', '--format', 'json', file);
  const { problems } = JSON.parse(out) as { problems: { ruleId: string; message: string }[] };
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
};
const spectral = async (file: string): Promise<string[]> => {
  const { out } = await run(
    process.execPath,
    'node_modules/@stoplight/spectral-cli/dist/index.js',
    'lint',
    '--quiet',
    '--format',
    'json',
    file,
  );
  const faults = JSON.parse(out) as { code: string; message: string; path: string[] }[];
  return faults.map(({ code, message, path }) => `${code}: ${path.join('/')} ${message}`);
};

t.test('redocly lint and spectral find nothing in the document', { skip }, async (t) => {
  const server = await startServer(t, { SAMPLES: 'off' });
  const file = join(tools, 'openapi.json');
  writeFileSync(file, await (await fetch(`${server.url}/openapi.json`)).text());
  t.strictSame(await redocly(file), []);
  t.strictSame(await spectral(file), []);
});

t.test('they would find what is wrong', { skip }, async (t) => {
  const file = join(tools, 'wrong.json');
  const path = { '/a/{id}': { get: { responses: { 200: { description: 'It is' } } } } };
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Wrong', version: '1' }, paths: path }));
  t.match((await redocly(file)).join('\n'), /path-parameters-defined/);
  t.match((await spectral(file)).join('\n'), /operation-operationId/);
});
