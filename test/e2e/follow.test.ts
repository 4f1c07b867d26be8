import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstKeys } from '@averment/access';
import { answerOf, createApi, type Followed, follow, type Wait } from '@averment/client';
import { createLogger, createPool, systemClock, systemRandom } from '@averment/platform';
import { keptPort, patience, testFolder, testServer } from '@averment/platform/testing';
import t from 'tap';
import type { Keys } from './client.ts';
import { startProgram } from './processes.ts';

const api = 'services/api/src/main.ts';

t.test('a follower and a writer go through kill -9 of the api: nothing is missed, nothing comes or is made twice', async (t) => {
  const folder = await testFolder(t);
  const databaseUrl = await (await testServer(t)).createDatabase();
  await writeFile(join(folder, 'server.key'), randomBytes(32).toString('hex'), { mode: 0o600 });
  const settings = {
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    SERVER_KEY_FILE: join(folder, 'server.key'),
    PORT: `${await keptPort()}`,
    LOG_LEVEL: 'fatal',
  };
  let program = await startProgram(t, api, settings);
  await startProgram(t, 'services/worker/src/main.ts', { ...settings, PORT: '0' });
  const pool = createPool({ databaseUrl, name: 'test', logger: createLogger({ level: 'silent', name: 'test' }), connectTimeout: patience });
  await firstKeys(pool, folder, { clock: systemClock, random: systemRandom });
  await pool.end();
  const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as Keys;
  const { url } = program;

  const waits: Wait[] = [];
  const onWait = (wait: Wait) => waits.push(wait);
  const writer = createApi({ url, key: keys.contributor, retries: { times: 30, onWait } });
  const count = 60;
  const writing = (async () => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1)
      ids.push((await answerOf(writer.POST('/v1/parties', { body: { kind: 'agency', name: `Agency ${index}` } }))).id);
    return ids;
  })();

  const stopping = new AbortController();
  t.teardown(() => stopping.abort());
  const followed: Followed[] = [];
  const isParty = ({ type }: Followed) => type === 'PartyRegistered';
  for await (const event of follow({ url, key: keys.auditor, signal: stopping.signal, every: 50, onWait })) {
    followed.push(event);
    const parties = followed.filter(isParty).length;
    if (isParty(event) && parties % 20 === 10) {
      const ended = once(program.child, 'exit');
      program.child.kill('SIGKILL');
      await ended;
      program = await startProgram(t, api, settings);
    }
    if (parties === count) break;
  }
  const ids = await writing;
  t.ok(waits.length > 0, `${waits.length} waits`);
  t.equal(new Set(ids).size, count);
  t.strictSame(
    followed.filter(isParty).map(({ stream }) => stream),
    ids,
    'each once, in the order in which they were written',
  );

  const { items, log } = await answerOf(createApi({ url, key: keys.auditor }).GET('/v1/events', { params: { query: { limit: 500 } } }));
  t.strictSame(
    followed,
    items.map((item) => ({ ...item, log })),
    'as the feed has them',
  );
});
