import t, { type Test } from 'tap';
import { type Client, client, expectStatus, type Json } from './client.ts';
import {
  type Article,
  articlesBeside,
  type Entered,
  type Expectation,
  enterEdits,
  enterIncidents,
  nothingEntered,
  observed,
  people,
  readable,
  standIns,
} from './model.ts';
import { startServer } from './server.ts';

/** Articles, modelled by hand, entered over HTTP as contributor and reviewers, compared with what must be derived, and read back on every path. */

const server = await startServer(t, { SAMPLES: 'off' });
const who = people(server.url, server.keys);
const anyone = client(server.url, null);
const entered = nothingEntered();

const compare = (t: Test, expectation: Expectation, document: Json, entered: Entered, when: string): void => {
  const seen = observed(document, entered);
  const byRow = (a: { aspect: string; about: string | null }, b: { aspect: string; about: string | null }) =>
    `${a.aspect} ${a.about}` < `${b.aspect} ${b.about}` ? -1 : 1;
  t.same(seen.standing, expectation.standing, `${expectation.incident}: standing of each claim ${when}`);
  t.same([...seen.states].sort(byRow), [...expectation.states].sort(byRow), `${expectation.incident}: state of each aspect ${when}`);
  if (expectation.reads !== undefined)
    t.has(readable(document, entered), expectation.reads, `${expectation.incident}: what else it says ${when}`);
};

const compareVoices = async (t: Test, url: string, { incident: ref, voiceOf = {} }: Expectation, entered: Entered): Promise<void> => {
  const incident = entered.incidents.get(ref);
  const comparison = expectStatus(
    await client(url, null).get(`/v1/incidents/${incident?.id}/comparison?minPosition=${incident?.position}`),
    200,
  );
  const cells = (comparison.aspects as { cells: { voice: string | null; claims: string[] }[] }[]).flatMap((row) => row.cells);
  for (const [voice, claims] of Object.entries(voiceOf)) {
    const shown = new Set(cells.filter((cell) => cell.voice === entered.ids.get(voice)).flatMap((cell) => cell.claims));
    t.same(
      claims.filter((claim) => !shown.has(incident?.refs[claim] ?? '')),
      [],
      `${ref}: the voice of ${voice} stands behind its claims`,
    );
  }
};

const documentOf = async (reader: Client, entered: Entered, ref: string): Promise<Json> => {
  const incident = entered.incidents.get(ref);
  return expectStatus(await reader.get(`/v1/incidents/${incident?.id}?minPosition=${incident?.position}`), 200);
};

const readBack = async (t: Test, url: string, keys: Record<string, string>, entered: Entered, ref: string): Promise<void> => {
  const incident = entered.incidents.get(ref);
  if (incident === undefined) throw new Error(`no incident ${ref}`);
  const anyone = client(url, null);
  const auditor = client(url, keys.auditor ?? '');
  const path = `/v1/incidents/${incident.id}`;
  const document = await documentOf(anyone, entered, ref);
  const claims = document.claims as (Json & { id: string; speaker: string; aspect: string; standing: string; addedAtRevision: number })[];

  const comparison = expectStatus(await anyone.get(`${path}/comparison`), 200);
  const inCells = (comparison.aspects as { cells: { claims: string[] }[] }[]).flatMap(({ cells }) => cells.flatMap((cell) => cell.claims));
  t.equal(new Set(inCells).size, inCells.length, `${ref}: a claim stands in one cell of the comparison`);
  t.ok(
    inCells.length <= claims.length && inCells.every((id) => claims.some((claim) => claim.id === id)),
    `${ref}: the comparison holds claims of the incident`,
  );

  const events: (Json & { revision: number; type: string; recordedAt: string })[] = [];
  for (let next: string | null = `${path}/events?limit=20`; next !== null; ) {
    const page: Json = expectStatus(await anyone.get(next), 200);
    events.push(...(page.items as typeof events));
    next = page.next === null ? null : `${path}/events?limit=20&cursor=${encodeURIComponent(String(page.next))}`;
  }
  const added = events.flatMap(({ type, data }) => (type === 'ClaimAdded' ? [(data as { claim: { id: string } }).claim.id] : []));
  // What was said here of another incident left with it.
  const here = added.filter((id) => claims.some((claim) => claim.id === id));
  t.same(new Set(here), new Set(claims.map(({ id }) => id)), `${ref}: a ClaimAdded for each claim`);
  t.equal(new Set(added).size, added.length, `${ref}: one ClaimAdded for each claim`);
  t.notOk(
    events.some(({ type }) => type.startsWith('Edit')),
    `${ref}: the public sees no review events`,
  );
  const review = expectStatus(await auditor.get(`${path}/events?limit=500`), 200).items as typeof events;
  t.same(
    review.map(({ revision }) => revision),
    review.map((_, index) => index),
    `${ref}: an auditor sees every revision, without a gap`,
  );

  const last = events.at(-1);
  t.equal(document.revision, last?.revision, `${ref}: the revision is that of the last record event`);
  const asOfRevision = expectStatus(await anyone.get(`${path}?asOfRevision=${document.revision}`), 200);
  t.same(asOfRevision.claims, document.claims, `${ref}: as of its revision the incident reads as it does now`);
  const asOfTime = expectStatus(await anyone.get(`${path}?asOf=${encodeURIComponent(String(last?.recordedAt))}`), 200);
  t.same(asOfTime.claims, document.claims, `${ref}: as of the last event's time the incident reads as it does now`);
  const first = Number(expectStatus(await auditor.get(`${path}/edits/1`), 200).appliedRevision);
  const past = expectStatus(await anyone.get(`${path}?asOfRevision=${first}`), 200);
  t.equal(
    (past.claims as unknown[]).length,
    claims.filter(({ addedAtRevision }) => addedAtRevision <= first).length,
    `${ref}: in the past it had the claims added by then`,
  );
  const diff = expectStatus(await anyone.get(`${path}/diff?from=${first}&to=${document.revision}`), 200);
  t.equal((diff.changes as unknown[]).length > 0, document.revision !== first, `${ref}: a diff shows what the edits changed`);

  const edits = expectStatus(await auditor.get(`${path}/edits`), 200).items as (Json & { state: string; votes: unknown[] })[];
  t.ok(
    edits.every(({ state, votes }) => state === 'applied' && votes.length > 0),
    `${ref}: every edit shows its votes`,
  );
  const standing = claims.filter((claim) => claim.standing !== 'retracted');
  const listed = expectStatus(await anyone.get(`/v1/incidents?limit=500`), 200).items as { id: string; counts: { claims: number } }[];
  t.equal(listed.find(({ id }) => id === incident.id)?.counts.claims, standing.length, `${ref}: the list counts what was not retracted`);
  const [some] = claims;
  const across = expectStatus(await anyone.get(`/v1/claims?speaker=${some?.speaker}&aspect=${some?.aspect}&limit=500`), 200).items as {
    id: string;
  }[];
  t.ok(
    across.some(({ id }) => id === some?.id),
    `${ref}: its claims are found across incidents`,
  );
};

const readFeed = async (t: Test, url: string, key: string, entered: Entered): Promise<void> => {
  const app = client(url, key);
  const seen: { position: string; incidentId: string; revision: number; type: string }[] = [];
  for (let after = '0'; ; ) {
    const page = expectStatus(await app.get(`/v1/events?after=${after}&limit=50`), 200);
    const items = page.items as typeof seen;
    if (items.length === 0) break;
    seen.push(...items);
    after = String(page.next);
  }
  t.ok(
    seen.every(({ position }, index) => index === 0 || BigInt(position) > BigInt(seen[index - 1]?.position ?? 0)),
    'the feed is in the order of positions',
  );
  for (const [ref, { id }] of entered.incidents) {
    const own = expectStatus(await client(url, null).get(`/v1/incidents/${id}/events?limit=500`), 200).items as { revision: number }[];
    t.same(
      seen.filter(({ incidentId }) => incidentId === id).map(({ revision }) => revision),
      own.map(({ revision }) => revision),
      `${ref}: the feed holds each of its record events once`,
    );
  }
};

/** Enters all of them, one after the other: a later one may be about an incident of an earlier one. */
const enterAll = async (t: Test, articles: readonly Article[]): Promise<void> => {
  for (const article of articles) {
    const { name, model } = article;
    await t.test(name, async (t) => {
      const expect = async (expectations: readonly Expectation[], when: string) => {
        for (const expectation of expectations)
          compare(t, expectation, await documentOf(anyone, entered, expectation.incident), entered, when);
      };
      await enterIncidents(article, who, entered);
      await expect(model.expectBefore ?? [], 'before the edits');
      await enterEdits(model, who, entered, ({ rationale, then = [] }) => expect(then, `after “${rationale}”`));
      await expect(model.expect, 'after the edits');
      for (const expectation of model.expect) await compareVoices(t, server.url, expectation, entered);
      for (const { ref } of model.incidents) await readBack(t, server.url, server.keys, entered, ref);
      const [twice] = model.ambiguous ?? [];
      if (twice !== undefined) await misquote(t, article, twice);
    });
  }
  await t.test('feed', (t) => readFeed(t, server.url, server.keys.app, entered));
};

/** A passage that occurs twice needs its position, one that is not there is refused. */
const misquote = async (t: Test, { model, text }: Article, twice: { start: number; end: number }): Promise<void> => {
  const incident = entered.incidents.get(String(model.incidents[0]?.ref));
  const source = entered.ids.get(String(model.sources[0]?.ref));
  const [some] = model.incidents[0]?.body.claims ?? [];
  const submit = (exact: string) =>
    who.contributor.send('POST', `/v1/incidents/${incident?.id}/edits`, {
      baseRevision: incident?.revision,
      rationale: 'A quotation to be refused.',
      changes: [
        {
          kind: 'add_claim',
          claim: {
            aspect: 'response',
            value: { kind: 'text', value: 'a response' },
            statement: 'The office says that it responds.',
            speaker: entered.ids.get(String(some?.speaker)),
            capacity: 'spokesperson',
            stance: 'asserts',
            citations: [{ source, quote: { exact } }],
          },
        },
      ],
    });
  const passage = [...text].slice(twice.start, twice.end).join('');
  const ambiguous = await submit(passage);
  t.equal(ambiguous.status, 422);
  t.match(ambiguous.body, { type: /quote-ambiguous/, errors: [{ pointer: /^\/changes\/0\/claim\/citations\/0/ }] });
  for (let at = text.indexOf(passage); at >= 0; at = text.indexOf(passage, at + 1))
    t.match(ambiguous.text, String([...text.slice(0, at)].length), 'the offsets are listed');
  const absent = await submit('No such sentence stands anywhere in this article.');
  t.equal(absent.status, 422);
  t.match(absent.body, { type: /quote-not-found/ });
};

t.test('the stand-ins', (t) => enterAll(t, standIns()));

const beside = articlesBeside();
const skip = beside.length === 0 && 'skipped: the articles are not beside this checkout; their stand-ins were entered';
t.test('the articles', { skip }, (t) => enterAll(t, beside));
