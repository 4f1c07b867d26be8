import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadSamples } from './loader.ts';
import type { Keys } from './shapes.ts';

/** Enters the samples into a running service: `node packages/samples/src/load.ts --url http://127.0.0.1:8080 --keys data/keys.json`. */

const names = ['contributor', 'contributor2', 'reviewer', 'reviewer2'] as const;

const readKeys = async (file: string): Promise<Keys> => {
  const given: unknown = JSON.parse(await readFile(file, 'utf8'));
  const keys = given !== null && typeof given === 'object' ? (given as Partial<Record<string, unknown>>) : {};
  const missing = names.filter((name) => typeof keys[name] !== 'string');
  if (missing.length > 0) throw new Error(`${file} has no key for ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, keys[name]])) as Keys;
};

try {
  const { values } = parseArgs({ options: { url: { type: 'string' }, keys: { type: 'string' } } });
  if (values.url === undefined || values.keys === undefined) throw new Error('needs --url and --keys, the file with the API keys');
  await loadSamples({ url: values.url, keys: await readKeys(values.keys), log: (line) => process.stdout.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(`samples: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
