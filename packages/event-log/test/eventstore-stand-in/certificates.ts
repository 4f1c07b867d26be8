import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Secure } from './server.ts';

/** Why no certificates can be made here, or false. */
export const certificatesMissing: string | false =
  spawnSync('openssl', ['version']).status !== 0 && 'skipped: there is no openssl here to make certificates with';

/** What docs/operations.md says to make for a node that is reached as `localhost`, in this folder: the file of the authority, and what a stand-in needs. */
export const makeCertificates = (folder: string): { authority: string } & Pick<Secure, 'certificate' | 'key'> => {
  const script = fileURLToPath(new URL('../../../../tools/eventstore-certificates.sh', import.meta.url));
  const { status, stderr } = spawnSync('sh', [script, folder, 'eventstore', 'localhost'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return {
    authority: join(folder, 'ca.crt'),
    certificate: readFileSync(join(folder, 'node.crt')),
    key: readFileSync(join(folder, 'node.key')),
  };
};
