import { makeBed } from '../bed.ts';
import { checkAll, readLog } from '../checks.ts';
import { type Answered, createClient, keyFor, type Write } from '../client.ts';
import type { Experiment } from '../experiment.ts';
import { accepted, claim, furnish, publish } from '../work.ts';

const many = 12;

/** How often each status was answered. */
const tally = (answers: readonly (Answered | null)[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(answers, (answer) => String(answer?.status))].map(([status, all]) => [status, all.length]));

export const decisions: Experiment = {
  name: '6 decisions at once',
  what: 'N reviewers decide one edit at once and N edits of one incident are decided at once, over two api processes; one decision counts, what collides is refused',
  run: async (scope, random) => {
    const bed = await makeBed(scope);
    const [api, other] = await Promise.all([bed.start('api'), bed.start('api'), bed.start('worker')]);
    const urls = [api.url ?? '', other.url ?? ''];
    const client = createClient(bed, urls);
    const scene = await furnish(client, 'decisions');
    const desk = { client, scene, random, name: 'decisions' };
    const { incident, revision } = await publish(desk, 'one');
    const path = `/v1/incidents/${incident}/edits`;
    const findings: string[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => {
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        findings.push(`${what}: ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);
    };
    const atOnce = (writes: readonly Write[]) => Promise.all(writes.map((write, n) => client.once(write, urls[n % urls.length])));
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
    const decide = (subject: string, edit: unknown, etag: unknown, decision: string): Write => ({
      subject,
      method: 'POST',
      path: `${path}/${String(edit)}/decision`,
      key: keyFor('decide', subject, String(edit)),
      body: { decision, reason: 'I looked at it.' },
      ifMatch: String(etag),
    });
    const wanted = accepted(await client.write(submit(0, { kind: 'add_claim', claim: claim(scene, 'One that everybody decides.') })));
    const votes = await atOnce(
      each((n) => decide(`reviewer${n}`, wanted.edit, wanted.etag, random.pick(['approve', 'reject', 'request_changes']))),
    );
    expect('N decisions of one edit', tally(votes), { 200: 1, 412: many - 1 });

    // N edits that do not collide, submitted at once and approved at once.
    const added = await atOnce(each((n) => submit(n, { kind: 'add_claim', claim: claim(scene, `Claim number ${n}.`) })));
    expect('N edits at once', tally(added), { 201: many });
    const approved = await atOnce(added.map((edit, n) => decide(`reviewer${n}`, edit?.json.edit, edit?.json.etag, 'approve')));
    expect('N approvals of edits that do not collide', tally(approved), { 200: many });

    // N corrections of one field: the first that is applied makes the others outdated, and they are told by what.
    const correction = (n: number) => ({
      kind: 'correct_incident',
      set: { title: `Title number ${n}` },
      reason: 'The title was poor.',
      citations: [{ source: scene.source, quote: { exact: 'The city has not confirmed either account.' } }],
    });
    const corrected = await atOnce(each((n) => submit(n, correction(n))));
    expect('N corrections submitted', tally(corrected), { 201: many });
    const applied = await atOnce(corrected.map((edit, n) => decide(`reviewer${n}`, edit?.json.edit, edit?.json.etag, 'approve')));
    expect('N approvals of edits that collide', tally(applied), { 200: 1, 409: many - 1 });
    for (const answer of applied) {
      if (answer?.status !== 409) continue;
      const events = answer.json.events as { type?: string }[] | undefined;
      if (!events?.some(({ type }) => type === 'IncidentCorrected'))
        findings.push(`a refused edit is not told what came in between: ${answer.text}`);
    }

    const events = await readLog(bed.log);
    const counting = events.filter(({ type }) => ['EditApproved', 'EditRejected', 'EditChangesRequested'].includes(type)).length;
    expect('decisions in the log', counting, 1 + 1 + many + 1);
    findings.push(...(await checkAll(bed, client, null)));
    return { counts: { decisions: votes.length + approved.length + applied.length, counted: counting }, findings };
  },
};
