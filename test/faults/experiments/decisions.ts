import { setTimeout as delay } from 'node:timers/promises';
import { isUndecodable } from '@averment/event-log';
import { makeBed } from '../bed.ts';
import { acknowledged, checkAll, readLog } from '../checks.ts';
import { type Answered, createClient, keyFor, type Write } from '../client.ts';
import { both, type Experiment, expected, together, type Verdict } from '../experiment.ts';
import { accepted, claim, furnish, publish } from '../work.ts';

/** How often each status was answered. */
const tally = (answers: readonly Answered[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, (answer) => String(answer.status))].map(([status, all]): [string, number] => [status, all.length]).sort(),
  );

/** Fields of an incident that corrections collide in, with a value for each of them. */
const fields: readonly ((n: number) => object)[] = [
  (n) => ({ title: `Title number ${n}` }),
  (n) => ({ occurred: { date: '2026-01-14', time: `1${n % 10}:30`, timeZone: 'America/Los_Angeles' } }),
  (n) => ({
    place: { text: `Pier ${n} of Porto Novo`, locality: 'Porto Novo', region: 'US-WA', country: 'US', precision: 'locality' },
  }),
];

export const decisions: Experiment = {
  name: '6 decisions at once',
  what: 'N reviewers decide one edit at once, N requests take a vote back while others would decide, and N edits of one incident are decided at once, over two api processes; one decision counts, what collides is refused',
  profiles: both,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const started = [bed.start('api'), bed.start('api'), bed.start('worker')];
    const urls = (await Promise.all(started)).flatMap(({ url }) => url ?? []);
    const client = createClient(bed, urls);
    const basics = await furnish(client, 'decisions');
    const desk = { client, basics, random, name: 'decisions' };
    const { incident, revision } = await publish(desk, 'one');
    const path = `/v1/incidents/${incident}/edits`;
    const verdicts: Verdict[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => void verdicts.push(expected(what, found, wanted));
    const many = 6 + random.below(13);
    /** All at once but for a few milliseconds, each first at another process; who is told that the incident is busy asks again. */
    const atOnce = (writes: readonly Write[]) => {
      const spread = random.pick([0, 0, 4, 30]);
      return Promise.all(
        writes.map(async (write) => {
          const late = spread === 0 ? 0 : random.below(spread);
          if (late > 0) await delay(late);
          return client.write(write);
        }),
      );
    };
    const each = <T>(make: (n: number) => T): T[] => Array.from({ length: many }, (_, n) => make(n));
    await Promise.all(each((n) => Promise.all([bed.keyOf(`reviewer${n}`), bed.keyOf(`contributor${n}`)])));

    // N reviewers, one edit: whoever comes second holds a stale tag.
    const submit = (n: number, change: object): Write => ({
      subject: `contributor${n}`,
      method: 'POST',
      path,
      key: keyFor('submit', String(random.below(1e9)), String(n)),
      body: { baseRevision: revision, rationale: 'As the source says.', changes: [change] },
    });
    const decide = (subject: string, edit: Answered, decision: string): Write => ({
      subject,
      method: 'POST',
      path: `${path}/${String(edit.json.edit)}/decision`,
      key: keyFor('decide', subject, String(edit.json.edit)),
      body: { decision, reason: 'I looked at it.' },
      ifMatch: String(edit.json.etag),
    });
    const approveAll = (edits: readonly Answered[]) =>
      atOnce(random.shuffle(edits.map((edit, n) => decide(`reviewer${n}`, edit, 'approve'))));
    const wanted = await client.write(submit(0, { kind: 'add_claim', claim: claim(basics, 'One that everybody decides.') }));
    accepted(wanted);
    const votes = await atOnce(each((n) => decide(`reviewer${n}`, wanted, random.pick(['approve', 'reject', 'request_changes']))));
    expect('N decisions of one edit', tally(votes), { 200: 1, 412: many - 1 });

    // One reviewer who sends one decision N times at once is answered the same each time.
    const pressed = await client.write(submit(1, { kind: 'add_claim', claim: claim(basics, 'One that is approved in a hurry.') }));
    const hurried = await atOnce(each(() => decide('reviewer0', pressed, 'approve')));
    expect('one decision sent N times', tally(hurried), { 200: many });
    expect('different answers to it', new Set(hurried.map((answer) => answer.text)).size, 1);

    // N edits that do not collide, submitted at once and approved at once.
    const added = await atOnce(each((n) => submit(n, { kind: 'add_claim', claim: claim(basics, `Claim number ${n}.`) })));
    expect('N edits at once', tally(added), { 201: many });
    expect('N approvals of edits that do not collide', tally(await approveAll(added)), { 200: many });

    // N corrections of a few fields: the first of each that is applied makes the others outdated, and they are told by what.
    const groups = 1 + random.below(fields.length);
    const correction = (n: number) => ({
      kind: 'correct_incident',
      set: fields[n % groups]?.(n),
      reason: 'It was poor.',
      citations: [{ source: basics.source, quote: { exact: 'The city has not confirmed either account.' } }],
    });
    const corrected = await atOnce(each((n) => submit(n, correction(n))));
    expect('N corrections submitted', tally(corrected), { 201: many });
    const applied = await approveAll(corrected);
    expect('N approvals of edits that collide', tally(applied), { 200: groups, 409: many - groups });
    const events = await readLog(bed.log);
    const corrections = events.flatMap((event) => (!isUndecodable(event) && event.type === 'IncidentCorrected' ? [event] : []));
    for (const answer of applied) {
      if (answer.status !== 409) continue;
      const edit = corrected.findIndex(({ json }) => answer.path === `${path}/${String(json.edit)}/decision`);
      const field = Object.keys(correction(edit).set ?? {})[0] ?? '';
      const between = corrections.filter(({ data }) => data.fields.some((corrected) => corrected === field));
      expect(`a refusal of a correction of ${field}`, answer.json.type, '/problems/edit-outdated');
      expect(
        `events in between that it tells`,
        (answer.json.events as { revision: number; type: string }[]).map(({ revision, type }) => ({ revision, type })),
        between.map(({ revision, type }) => ({ revision, type })),
      );
    }

    // A vote is taken back, in several requests, while others cast the one that would decide: whoever comes second holds a stale tag.
    const body = { kind: 'person', name: 'somebody who lives at the harbour' };
    const person = accepted(
      await client.write({ subject: 'contributor0', method: 'POST', path: '/v1/parties', key: keyFor('person'), body }),
    );
    const ofPerson = { kind: 'add_claim', claim: { ...claim(basics, 'One that needs two.'), about: person.id } };
    const shared = await client.write(decide('reviewer0', await client.write(submit(2, ofPerson)), 'approve'));
    expect('approvals after one', shared.json.approvals, { needed: 2, given: 1 });
    const back = (n: number): Write => ({
      ...decide('reviewer0', shared, 'approve'),
      method: 'DELETE',
      key: keyFor('back', String(n)),
      body: { reason: 'Too soon.' },
    });
    const raced = await atOnce(random.shuffle([...each(back), ...each((n) => decide(`reviewer${n + 1}`, shared, 'approve'))]));
    expect('N who take a vote back and N who would decide', tally(raced), { 200: 1, 412: 2 * many - 1 });
    const isDecided = raced.some(({ method, status }) => method === 'POST' && status === 200);
    const one = await client.read('auditor0', `${path}/${String(shared.json.edit)}?minPosition=${String(await bed.log.head())}`);
    expect('approvals in the end', (one.approvals as { given: number }).given, isDecided ? 2 : 0);
    expect('its state', one.state, isDecided ? 'applied' : 'submitted');

    const all = await readLog(bed.log);
    const counting = all.filter(({ type }) => ['EditApproved', 'EditRejected', 'EditChangesRequested'].includes(type)).length;
    expect('decisions in the log', counting, 1 + 1 + 1 + (isDecided ? 2 : 1) + many + groups);
    verdicts.push(await checkAll(bed, client, null));
    const tried = {
      'decisions of one edit': many,
      'repeats of one decision': many,
      'withdrawals of one vote': many,
      'edits at once': 2 * many,
      'approvals at once': 2 * many,
    };
    return { ...together(verdicts), tried, acknowledged: acknowledged(client) };
  },
};
