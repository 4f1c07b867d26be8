import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inParts, standardVocabulary } from '@averment/domain';
import { decoded, eraseTexts } from '@averment/event-log';
import { loadConfig } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import t from 'tap';
import { openStores } from '../src/open.ts';
import { at, eventOf, logger, register, serverKey } from './kit.ts';

const server = await testServer(t);
const canary = 'Ulla Vane-Hart';

t.test('what a restored log and vault have forgotten to be erased is erased again by the list', async (t) => {
  const erasureListFile = join(await testFolder(t), 'erasures.jsonl');
  const databaseUrl = await server.createDatabase();
  const settings = { ...loadConfig({}), erasureListFile };
  const open = () => openStores({ databaseUrl, settings, serverKey, vocabulary: standardVocabulary, logger });
  const first = await open();
  const { streams } = await register(first.log, 2, canary);
  const [stream = '', other = ''] = streams;
  // Of more texts than one event names.
  const [long = ''] = (await register(first.log, 1, 'Name 0')).streams;
  const corrections = Array.from({ length: 600 }, (_, index) => {
    const name = `Name ${index + 1}`;
    return eventOf('PartyCorrected', { fields: ['name'], set: { name }, reason: `It is ${name}.`, citations: [] });
  });
  for (const part of inParts(corrections, 100)) {
    const command = randomUUID();
    await first.log.append(
      long,
      (await first.log.readStream(long, 0)).length - 1,
      part.map((event) => ({ ...event, command })),
    );
  }
  const vault = await first.logPool.query('SELECT * FROM vault.texts');
  /** In how many disclosures of the vault the name stands. */
  const left = async (pool: typeof first.logPool): Promise<number> => {
    const { rows } = await pool.query<{ disclosures: string }>('SELECT disclosures FROM vault.texts');
    const all = rows.flatMap(({ disclosures }) => disclosures.split('~').map((one) => Buffer.from(one, 'base64url').toString()));
    return all.filter((one) => one.includes(canary)).length;
  };

  const command = randomUUID();
  const erased = await eraseTexts(first.log, {
    ...{ stream, fields: [{ revision: 0, pointer: '/name' }], reasonCode: 'court_order', actor: 'worker', command, at },
    idOf: () => command,
  });
  t.match(erased, { outcome: 'written', revision: 1 });
  await first.erase();
  const listed = (await readFile(erasureListFile, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(listed, [{ stream, revision: 0, pointer: '/name', reasonCode: 'court_order', decision: null }]);
  t.notMatch(await readFile(erasureListFile, 'utf8'), 'Vane', 'the list has no text');
  await first.erase();
  t.equal((await readFile(erasureListFile, 'utf8')).trim().split('\n').length, 1, 'each text is listed once');
  t.equal(await left(first.logPool), 1, 'one of two is left');

  const whole = randomUUID();
  const fields = corrections.flatMap((_, index) => ['/set/name', '/reason'].map((pointer) => ({ revision: index + 1, pointer })));
  const request = { stream: long, fields, reasonCode: 'safety', actor: 'worker', command: whole, at };
  t.match(await eraseTexts(first.log, { ...request, idOf: (index) => (index === 0 ? whole : randomUUID()) }), { outcome: 'written' });
  await first.erase();

  // The log and the vault as they were before.
  await first.logPool.query(`DELETE FROM log.events WHERE stream = '${stream}' AND revision = 1 OR stream = '${long}' AND revision > 600`);
  await first.logPool.query('UPDATE log.head SET position = (SELECT max(position) FROM log.events)');
  await first.logPool.query(
    'DELETE FROM vault.erasures; DELETE FROM vault.texts; UPDATE vault.checkpoint SET position = 0, seen_at = NULL, sha256 = NULL',
  );
  for (const row of vault.rows) {
    const names = Object.keys(row);
    await first.logPool.query(
      `INSERT INTO vault.texts (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  }
  t.equal(await left(first.logPool), 2, 'both are back');
  await first.close();
  // A line that was being written when the power failed was not acknowledged.
  await writeFile(erasureListFile, `${await readFile(erasureListFile, 'utf8')}{"stream":"party_`);

  const second = await open();
  const later = randomUUID();
  const more = { stream: other, fields: [{ revision: 0, pointer: '/name' }], reasonCode: 'error', actor: 'worker', command: later, at };
  t.equal(await left(second.logPool), 1);
  const events = await second.log.readStream(stream, 0);
  t.match(
    events.map(({ type }) => type),
    ['PartyRegistered', 'TextErased'],
  );
  t.match(events[1], { actor: 'worker', data: { reasonCode: 'court_order', decision: null, items: [{ revision: 0, pointer: '/name' }] } });
  t.equal((await second.log.readStream(other, 0)).length, 1);
  const again = decoded(await second.log.readStream(long, 601));
  t.equal(
    again.reduce((sum, { data }) => sum + ('items' in data ? data.items.length : 0), 0),
    fields.length,
    'as many events as it takes',
  );
  t.match(await eraseTexts(second.log, { ...more, idOf: () => later }), { outcome: 'written' });
  await second.erase();
  t.match(await readFile(erasureListFile, 'utf8'), `\n{"stream":"${other}"`, 'a line of its own, not the rest of the one that was cut off');
  await second.close();

  const third = await open();
  t.equal((await third.log.readStream(stream, 0)).length, 2, 'once');
  await third.close();
});
