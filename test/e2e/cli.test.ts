import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { says, startStandIn } from '../../packages/client/test/stand-in.ts';
import { client, expectStatus, type Json } from './client.ts';
import { fileOf } from './processes.ts';
import { startServer } from './server.ts';

/** Every command of the command line, against a service with the samples. */

const server = await startServer(t);
const folder = await testFolder(t);
const reader = client(server.url, null);
const { items } = expectStatus(await reader.get('/v1/incidents?hasRuling=true'), 200) as { items: { id: string; title: string }[] };
const id = items[0]?.id ?? '';
const program = fileOf('packages/cli/src/main.ts');

type Ended = { code: unknown; out: string; err: string };
type Settings = Record<string, string>;
const environment = (more: Settings): Settings => ({ PATH: process.env.PATH ?? '', AVERMENT_URL: server.url, ...more });

const averment = (args: string[], more: Settings = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env: environment(more), maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [program, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });
const linesOf = ({ out }: Ended): Json[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);
const keyOf = (name: keyof typeof server.keys): Settings => ({ AVERMENT_KEY: server.keys[name] });

t.test('list has what the service has, for people and for machines', async (t) => {
  const all = await averment(['list', '--all']);
  t.match(all, { code: 0, err: '' });
  t.equal(all.out.match(/^incident_\w+ {2}\S/gm)?.length, 7);
  const filtered = await averment(['list', 'vehicle', '--ruling', '--json']);
  t.strictSame(linesOf(filtered), items);
  t.equal(linesOf(await averment(['--json', 'list', '--limit', '3'])).length, 3, 'options of all commands may stand before it');
  t.match(await averment(['list', '--as-of', '2020-01-01']), { code: 0, out: '' }, 'nothing was there then');
  t.match(await averment(['list', '--from', 'today']), { code: 1, out: '', err: /^averment: .+\n {2}\/query\/from: / });
});

t.test('show, past, compare and history tell of an incident', async (t) => {
  const document = expectStatus(await reader.get(`/v1/incidents/${id}`), 200);
  const { title, claims, rulings } = document as { title: string; claims: { attributed: string }[]; rulings: { summary: string }[] };
  const shown = await averment(['show', id]);
  t.match(shown, { code: 0, err: '' });
  for (const said of [title, ...claims.map(({ attributed }) => attributed), ...rulings.map(({ summary }) => summary)])
    t.ok(shown.out.includes(said), said);
  t.strictSame(linesOf(await averment(['show', id, '--json'])), [document]);

  const past = await averment(['past', id, '--revision', '14']);
  t.match(past, { code: 0, out: new RegExp(`^As the record said at .* \\(revision 14\\)\\.\n${title}`) });
  const [then] = linesOf(await averment(['past', id, '--revision', '14', '--json']));
  t.match(then, { revision: 14, incident: { id, revision: 14, rulings: [] } });
  t.match(await averment(['past', id, '2020-01-01']), { code: 1, out: '', err: /^averment: / }, 'it was not there then');
  t.match(await averment(['past', id]), { code: 2, err: /^averment: of what moment\?/ });

  const compared = await averment(['compare', id]);
  for (const { attributed } of claims) t.ok(compared.out.includes(attributed), attributed);
  t.strictSame(linesOf(await averment(['compare', id, '--json'])), [expectStatus(await reader.get(`/v1/incidents/${id}/comparison`), 200)]);

  const events = expectStatus(await reader.get(`/v1/incidents/${id}/events?limit=500`), 200).items as Json[];
  t.strictSame(linesOf(await averment(['history', id, '--all', '--json'])), events);
  t.equal((await averment(['history', id, '--limit', '2'])).out.trim().split('\n').length, 2);
  const changed = await averment(['history', id, '--from', '14', '--to', '29']);
  t.match(changed, { code: 0, out: /^\/revision {2}revision 29.*\n {2}- 14\n {2}\+ 29$/m });
  t.match(await averment(['history', id, '--from', '14']), { code: 2 });
  t.match(await averment(['show', 'incident_00000000000000000000000000']), { code: 1, err: /^averment: / });
});

t.test('follow goes on where it stood, needs a key, and knows another log', async (t) => {
  const { items: feed } = expectStatus(await client(server.url, server.keys.app).get('/v1/events?limit=500'), 200) as { items: Json[] };
  const state = join(folder, 'state.json');
  const first = await averment(['follow', '--end', '--json', '--state', state], keyOf('app'));
  t.strictSame(
    linesOf(first).map(({ log, ...event }) => event),
    feed,
  );
  t.match(await averment(['follow', '--end', '--state', state], keyOf('app')), { code: 0, out: '' }, 'nothing is new');
  const since = await averment(['follow', '--end', '--after', String(feed.at(-3)?.position), '--type', 'ClaimCorrected'], keyOf('app'));
  t.match(since, { code: 0, err: /^To go on: averment follow --after \d+ --log \S+\n$/ });
  t.match(await averment(['follow', '--end']), { code: 1, err: /^averment: / }, 'not without a key');
  t.match(await averment(['follow', '--end', '--after', '1', '--log', 'another'], keyOf('app')), { code: 4, err: /begin anew/ });
  writeFileSync(state, '{}');
  t.match(await averment(['follow', '--end', '--state', state], keyOf('app')), { code: 2, err: /is no file of --state/ });

  const running = spawn(process.execPath, [program, 'follow'], { env: environment(keyOf('app')), stdio: ['ignore', 'pipe', 'pipe'] });
  await once(running.stdout, 'data');
  running.kill('SIGINT');
  t.strictSame(await once(running, 'exit'), [130, null], 'Ctrl-C ends it');
});

t.test('export saves what the service sends, whole or not at all', async (t) => {
  for (const [what, form] of [
    ['incidents', 'ndjson'],
    ['claims', 'csv'],
  ] as const) {
    const sent = await (await fetch(`${server.url}/v1/export/${what}.${form}`)).text();
    t.equal((await averment(['export', what, '--format', form, '--out', '-'])).out, sent);
    const [saved] = linesOf(await averment(['export', what, '--format', form, '--json']));
    t.match(saved, { file: new RegExp(`^${what}-\\d+\\.${form}$`), bytes: Buffer.byteLength(sent) });
    t.equal(readFileSync(join(folder, String(saved?.file)), 'utf8'), sent);
  }
  const broken = await startStandIn(t, (_request, response) => {
    response.writeHead(200, { 'content-disposition': 'attachment; filename="../../half.csv"' });
    response.write('half', () => response.destroy());
  });
  const before = readdirSync(folder);
  t.match(await averment(['export', 'claims'], { AVERMENT_URL: broken }), { code: 3, out: '', err: /^averment: / });
  t.strictSame(readdirSync(folder), before, 'nothing of it is left');
  t.match(await averment(['export', 'claims', '--format', 'geojson']), { code: 2, err: /claims come as/ });
  t.match(await averment(['export', 'claims', '--out', join(folder, 'none', 'x')]), { code: 2, err: /no such file or directory/ });
});

t.test('verify holds the ledger and an event against what was signed, and names what does not hold', async (t) => {
  const head = async () => Number((await (await fetch(`${server.url}/log/checkpoint`)).text()).split('\n')[1] ?? 0);
  const { items: feed } = expectStatus(await client(server.url, server.keys.auditor).get('/v1/events?limit=500'), 200) as { items: Json[] };
  while ((await head()) < feed.length) await delay(100);
  const key = (await (await fetch(`${server.url}/log/key`)).text()).trim();
  const kept = join(folder, 'checkpoint');
  const held = await averment(['verify', 'ledger', '--log-key', key, '--save', kept]);
  t.match(held, { code: 0, err: '', out: /^The ledger holds: \d+ leaves, root [0-9a-f]{64}\n$/ });
  t.match(linesOf(await averment(['verify', 'ledger', '--events', '--since', kept, '--json'], keyOf('auditor'))), [{ findings: 0 }]);
  const other = 'other.example+5e1f7a2b+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh';
  t.match(await averment(['verify', 'ledger', '--log-key', other]), { code: 1 }, 'signed by nobody whom we know');
  t.match(await averment(['verify', 'ledger', '--events']), { code: 2 });

  const proof = join(folder, 'proof.json');
  t.match(await averment(['verify', 'proof', id, '4', '--log-key', key, '--save', proof]), {
    code: 0,
    out: /^The event is leaf \d+ of a ledger of \d+ leaves, as was signed\.\nWhat is shown of it is what the leaf is of\.\n( {2}\w+: .+\n)+$/,
  });
  const offline = { AVERMENT_URL: 'http://127.0.0.1:9' };
  const verified = await averment(['verify', 'proof', '--file', proof, '--log-key', key, '--json'], offline);
  t.match(linesOf(verified), [{ wrong: [], texts: [{ name: 'quote' }, { name: 'statement' }] }]);
  const document = JSON.parse(readFileSync(proof, 'utf8')) as Json & { shown: Json; entry: Json; disclosures: string[] };
  const lie = Buffer.from(JSON.stringify(['salt', 'statement', 'It never moved.'])).toString('base64url');
  for (const [changed, said] of [
    [{ shown: { ...document.shown, type: 'ClaimRetracted' } }, /the object shown is not/],
    [{ disclosures: [...document.disclosures, lie] }, /the text of statement is none/],
    [{ entry: { ...document.entry, event: '0'.repeat(64) } }, /do not lead from the entry to the root/],
    [{ index: 0 }, /of another leaf/],
  ] as const) {
    writeFileSync(proof, JSON.stringify({ ...document, ...changed }));
    t.match(await averment(['verify', 'proof', '--file', proof, '--log-key', key], offline), { code: 1, out: said });
  }
  t.match(await averment(['verify', 'proof']), { code: 2 });
});

t.test('submit submits once, and prints what is wrong, where, and what was sent', async (t) => {
  const party = expectStatus(
    await client(server.url, server.keys.contributor).send('POST', '/v1/parties', { kind: 'agency', name: 'Harbour guard' }),
    201,
  );
  const change = { kind: 'correct_party', set: { name: 'Harbour Guard' }, reason: 'Written so by itself.' };
  const file = join(folder, 'edit.json');
  writeFileSync(file, JSON.stringify({ baseRevision: 1, rationale: 'Its own way of writing.', changes: [change] }));
  const args = ['submit', file, '--party', String(party.id)];
  const [one] = linesOf(await averment([...args, '--json'], keyOf('contributor')));
  t.match(one, { edit: 1, state: 'submitted', of: { id: party.id } });
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${server.keys.contributor}\n`);
  const again = await averment([...args, '--key-file', keyFile]);
  t.match(again, { code: 0, out: `Edit 1 of ${party.id}: submitted, position ${one?.position}\n` }, 'the same again is the same edit');

  writeFileSync(file, JSON.stringify({ baseRevision: 1, rationale: 'x', changes: [{ ...change, set: { kind: 'newspaper' } }] }));
  const wrong = await averment(args, keyOf('contributor'));
  t.match(wrong, { code: 1, out: '', err: /^averment: .+\n(.*\n)* {2}\/changes\/0\/set.*: .+\n {6}sent: .*newspaper/ });
  const [problem] = (await averment([...args, '--json'], keyOf('contributor'))).err.split('\n');
  t.match(JSON.parse(problem ?? ''), { status: 422, errors: [{ pointer: /^\/changes/ }] });
  t.match(await averment(args), { code: 2, err: /it needs a key/ });
  t.match(await averment(['submit', join(folder, 'none.json')], keyOf('contributor')), { code: 2, err: /cannot be read/ });
  writeFileSync(file, '[]');
  t.match(await averment(args, keyOf('contributor')), { code: 2, err: /holds no JSON object/ });
});

t.test('a service that does not answer is 3, a command that does not exist 2', async (t) => {
  t.match(await averment(['list', '--retries', '1'], { AVERMENT_URL: 'http://127.0.0.1:9' }), { code: 3, err: /asked again in/ });
  const away = await startStandIn(t, (_request, response) => says(response, 503, { detail: 'Away.', errors: [] }, { 'retry-after': '0' }));
  t.match(await averment(['show', id], { AVERMENT_URL: away }), { code: 3, err: /averment: Away\.\n$/ });
  for (const args of [
    ['shows'],
    ['show'],
    ['list', '--bogus'],
    ['list', '--limit', '0'],
    ['list', '--url', 'nowhere'],
    ['show', id, id],
    [],
  ])
    t.match(await averment(args), { code: 2, out: '' }, args.join(' '));
  t.match(await averment(['list', '--key-file', join(folder, 'none')]), { code: 2, err: /^averment: the key cannot be read/ });
});

t.test('help explains each command', async (t) => {
  const { out } = await averment(['--help']);
  const commands = [...out.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name = '']) => name);
  for (const name of ['list', 'show', 'past', 'compare', 'history', 'follow', 'export', 'verify', 'submit', 'completion'])
    t.ok(commands.includes(name), name);
  for (const name of commands) t.match(await averment([name, '--help']), { code: 0, out: /^Usage: averment (.|\n)*--url/ }, name);
});

t.test('shells complete commands, options and values', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await averment(['completion', shell]);
    writeFileSync(join(folder, `completion.${shell}`), out);
    t.match(out, /__complete/);
  }
  const complete = (line: string): Promise<Ended> =>
    new Promise((resolve) => {
      const script = `averment() { '${process.execPath}' '${program}' "$@"; }; . ./completion.bash
COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _averment; printf '%s\\n' "\${COMPREPLY[@]}"`;
      execFile('bash', ['-c', script], { cwd: folder, env: environment({}) }, (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, out, err }),
      );
    });
  t.equal((await complete('averment co')).out, 'compare\ncompletion\n');
  t.equal((await complete('averment export ""')).out, 'incidents\nclaims\n');
  t.equal((await complete('averment list --sort rec')).out, 'recordedAt\n');
  t.equal((await complete('averment list --as-')).out, '--as-of\n');
  const checked = await new Promise((resolve) => execFile('bash', ['-n', join(folder, 'completion.bash')], (error) => resolve(error)));
  t.equal(checked, null, 'bash -n');
});

t.test('no text of a service reaches the terminal as an order', async (t) => {
  const evil = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\u2066\u200b\r\n\u0008';
  const poisoned = (value: unknown): unknown => {
    if (typeof value === 'string') return `${value}${evil}`;
    if (Array.isArray(value)) return value.map(poisoned);
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one)]))
      : value;
  };
  const url = await startStandIn(t, async (request, response) => {
    const path = request.url ?? '';
    if (request.method !== 'GET' || path.includes('incident_9')) return says(response, 422, poisoned(problem) as object);
    const answer = await client(server.url, server.keys.app).get(path);
    const { next, items: found, ...body } = answer.body as { next?: string; items?: Json[]; log?: string };
    // What is followed goes on by position, what else is a list ends.
    const isFeed = path.startsWith('/v1/events');
    const own = found?.map((item) => ({ ...(poisoned(item) as Json), ...(isFeed && { position: item.position }) }));
    says(response, answer.status, {
      ...(poisoned(body) as Json),
      items: own,
      ...(isFeed && { log: body.log }),
      ...(next !== undefined && { next: isFeed ? next : null }),
    });
  });
  const problem = {
    detail: 'No.',
    errors: [{ pointer: '/title', message: 'is wrong', nearest: { exact: 'a', start: 1, end: 2 } }],
    existing: 'x',
    traceId: 'y',
  };
  const body = join(folder, 'hostile.json');
  writeFileSync(body, JSON.stringify({ title: evil }));
  const settings = { AVERMENT_URL: url, ...keyOf('app') };
  for (const args of [
    ['list'],
    ['show', id],
    ['show', 'incident_9'],
    ['compare', id],
    ['past', id, '--revision', '14'],
    ['history', id],
    ['history', id, '--from', '14', '--to', '29'],
    ['follow', '--end'],
    ['submit', body],
  ])
    for (const form of [[], ['--json']]) {
      const { code, out, err } = await averment([...args, ...form], settings);
      const [name] = args;
      t.ok(code === 0 || name === 'submit' || args[1] === 'incident_9', `${args.join(' ')}: ${err}`);
      t.notMatch(`${out}${err}`, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/, `${args.join(' ')} ${form}`);
      t.match(`${out}${err}`, form.length === 0 ? /\\u\{1b\}\[2J/ : /\\u001b\[2J/, 'it is shown instead');
    }
});
