import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from '@averment/platform';
import type { OpenAPI3 } from 'openapi-typescript';
import { clientTypes } from './client-types.ts';

const usage = `npm run client -- [--url <http://127.0.0.1:8080>]

Writes the types of packages/client anew, from the document of a running service.
  --url    where the service is`;

const { values } = commandLine('npm run client', usage).read({ url: { type: 'string', default: 'http://127.0.0.1:8080' } });
const answer = await fetch(new URL('/openapi.json', values.url));
const document = (await answer.json()) as OpenAPI3;
await writeFile(join(import.meta.dirname, '..', '..', 'packages', 'client', 'src', 'openapi.ts'), await clientTypes(document));
