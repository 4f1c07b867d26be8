import { readFile } from 'node:fs/promises';
import { commandLine } from '@averment/platform';
import { loadSamples } from './loader.ts';
import type { Keys } from './shapes.ts';

const usage = `npm run samples -- --url <http://127.0.0.1:8080> --keys <data/keys.json>

Enters the sample incidents into a running service; what is there already is not entered again.
  --url    where the service is
  --keys   the file of its first keys`;

const names = ['contributor', 'contributor2', 'reviewer', 'reviewer2'] as const;

const readKeys = async (file: string): Promise<Keys> => {
  const given: unknown = JSON.parse(await readFile(file, 'utf8'));
  const keys = given !== null && typeof given === 'object' ? (given as Partial<Record<string, unknown>>) : {};
  const missing = names.filter((name) => typeof keys[name] !== 'string');
  if (missing.length > 0) throw new Error(`${file} has no key for ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, keys[name]])) as Keys;
};

const { read, refuse } = commandLine('npm run samples', usage);
try {
  const { url = refuse('needs --url'), keys = refuse('needs --keys') } = read({ url: { type: 'string' }, keys: { type: 'string' } }).values;
  await loadSamples({ url, keys: await readKeys(keys), log: (line) => process.stdout.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(`samples: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
