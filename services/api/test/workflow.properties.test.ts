import fc from 'fast-check';
import t from 'tap';
import type { Answered } from './support/checker.ts';
import { type Further, type Harness, harnessFor, type Person } from './support/harness.ts';
import { expect, furnish, movedClaim, publish, type World } from './support/story.ts';

/**
 * The review over HTTP, as several people do it at once. Each round is a handful of requests that are under way together, some of them sent twice. What was
 * answered is held against what is read afterwards: every act that was acknowledged stands in the history of its edit once, and nothing else does.
 */

const harness = await harnessFor(t);

type Who = Person | Further;
const authors = ['contributor', 'contributor2'] as const;
/** `reviewer3` and `reviewer4` are one person, and `reviewer5` is the person that `contributor` is. */
const reviewers = ['reviewer', 'reviewer2', 'reviewer3', 'reviewer4', 'reviewer5'] as const;
const people: Partial<Record<Who, string>> = { reviewer3: 'Ann', reviewer4: 'Ann', reviewer5: 'Ben', contributor: 'Ben' };
const personOf = (who: string): string => people[who as Who] ?? who;

type Vote = { decision: string; by: string; version: number; reason: string; withdrawn: object | null };
type Comment = { id: string; by: string; text: string; resolved: { by: string } | null };
type Change = { kind: 'add_claim'; claim: { id: string; statement: string } } | { kind: 'retract_claim'; claim: string };
type Version = { version: number; by: string; rationale: string; changes: Change[] };
type Edit = {
  edit: number;
  etag: string;
  author: string;
  state: string;
  version: number;
  versions: Version[];
  votes: Vote[];
  comments: { items: Comment[] };
  acts: { act: string; by: string; reason: string }[];
  approvals: { needed: number; given: number };
  splitFrom: number | null;
  splitInto: number[];
  lease: { holder: string; until: string } | null;
};

const acts = [
  'submit',
  'submit',
  'submit',
  'revise',
  'revise',
  'approve',
  'approve',
  'approve',
  'reject',
  'request_changes',
  'withdraw_vote',
  'comment',
  'resolve',
  'lease',
  'next',
  'give_back',
  'withdraw',
  'rebase',
  'hand_over',
  'reopen',
  'split',
  'revert',
] as const;
type Act = (typeof acts)[number];
const step = fc.record({ act: fc.constantFrom(...acts), by: fc.nat(99), edit: fc.nat(99), twice: fc.nat(4).map((n) => n === 0) });
type Step = { act: Act; by: number; edit: number; twice: boolean };
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 6, maxLength: 16, size: 'max' });

/** What was acknowledged, with the number that its words have. */
type Done = { act: Act; who: Who; edit: number; word: string; into: number | null };

const isKeyed = (act: Act) => !['lease', 'next', 'give_back'].includes(act);
const isReview = (act: Act) => !['submit', 'revise', 'withdraw', 'rebase'].includes(act);
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;

const countingVotes = ({ votes, version }: Edit): Vote[] => votes.filter((vote) => vote.version === version && vote.withdrawn === null);
const openComment = ({ comments }: Edit): Comment | undefined => comments.items.find(({ resolved }) => resolved === null);

/** Edits to which the act may do something. */
const fits: Partial<Record<Act, (edit: Edit) => boolean>> = {
  reopen: ({ state }) => state === 'rejected',
  withdraw_vote: (edit) => edit.state === 'submitted' && countingVotes(edit).length > 0,
  resolve: (edit) => openComment(edit) !== undefined,
  split: (edit) => isOpen(edit) && (edit.versions.at(-1)?.changes.length ?? 0) > 1,
  revert: ({ state }) => state === 'applied',
};
const isOpen = ({ state }: Edit): boolean => state === 'submitted' || state === 'changes_requested';
/** Mostly one that the act fits, else any. */
const targetOf = ({ act, edit }: Step, known: readonly Edit[]): Edit | null => {
  const fitting = known.filter(fits[act] ?? isOpen);
  const among = fitting.length > 0 && edit % 5 > 0 ? fitting : known;
  return among.length === 0 ? null : pick(among, edit);
};

/** Authors act on what is theirs, who voted or asked takes that back; else anybody acts on anything. */
const whoDoes = ({ act, by }: Step, target: Edit | null): Who => {
  const voted = target === null ? [] : countingVotes(target);
  if (act === 'withdraw_vote' && voted.length > 0) return pick(voted, by).by as Who;
  if (act === 'resolve' && target !== null) return (openComment(target)?.by ?? 'reviewer') as Who;
  if (act === 'submit') return pick(authors, by);
  return isReview(act) ? pick(reviewers, by) : ((target?.author ?? 'contributor') as Who);
};

/** The answers that say that something was done. */
const acknowledged = (act: Act, answers: readonly Answered[]): Answered[] => {
  for (const { status } of answers) if (status >= 500) throw new Error(`${act} was answered ${status}`);
  const done = answers.filter(({ status }) => status < 300 && status !== 204);
  const [first, second] = done;
  if (isKeyed(act) && second && first?.text !== second.text) throw new Error(`${act}: the repeat is answered otherwise`);
  return done;
};

const begin = async (own: Harness, world: World) => {
  const { incident, revision } = await publish(own, world);
  const base = `/v1/incidents/${incident}/edits`;
  let words = 0;
  const edits = async (): Promise<Edit[]> => {
    const { body } = expect(await own.read(base, { key: 'auditor', query: { limit: '100' } }), 200);
    return body.items as Edit[];
  };
  /** How one act is sent; null where there is nothing to send. */
  const requestOf = ({ act, edit }: Step, who: Who, word: string, target: Edit | null) => {
    // What describes a person takes two.
    const aspect =
      edit % 2 === 0
        ? {}
        : { aspect: 'age', about: world.witness, value: { kind: 'quantity', value: '40', unit: 'year', comparator: 'exact' } };
    const changes = ['a', ...(edit % 3 === 0 ? ['b'] : [])].map((which) => ({
      kind: 'add_claim',
      claim: movedClaim(world, { ref: which, statement: `The police say so, ${which} of ${word}.`, ...aspect }),
    }));
    const written = { baseRevision: revision, rationale: `As it says, ${word}.`, changes };
    const reason = `So it is, ${word}.`;
    const open = target === null ? undefined : openComment(target);
    const path = `${base}/${target?.edit}`;
    const requests: Record<Act, readonly [method: string, path: string, body?: object]> = {
      submit: ['POST', base, written],
      revise: ['PUT', path, written],
      approve: ['POST', `${path}/decision`, { decision: 'approve', reason, despiteComments: open ? reason : null }],
      reject: ['POST', `${path}/decision`, { decision: 'reject', reason }],
      request_changes: ['POST', `${path}/decision`, { decision: 'request_changes', reason }],
      withdraw_vote: ['DELETE', `${path}/decision`, { reason }],
      comment: ['POST', `${path}/comments`, { text: reason, change: 0, inReplyTo: null }],
      resolve: ['POST', `${path}/comments/${open?.id}/resolve`],
      lease: ['POST', `${path}/lease`],
      next: ['POST', '/v1/reviews/next', { filters: { incident } }],
      give_back: ['DELETE', `${path}/lease`],
      withdraw: ['POST', `${path}/withdraw`, { reason }],
      rebase: ['POST', `${path}/rebase`],
      hand_over: ['POST', `${path}/handover`, { to: pick(authors, edit), reason }],
      reopen: ['POST', `${path}/reopen`, { reason }],
      split: ['POST', `${path}/split`, { changes: [edit % 2], reason }],
      revert: ['POST', `${path}/revert`, { reason }],
    };
    if ((act !== 'submit' && act !== 'next' && target === null) || (act === 'resolve' && !open)) return null;
    const [method, url, body] = requests[act];
    const guards = ['revise', 'approve', 'reject', 'request_changes', 'withdraw_vote', 'rebase', 'hand_over', 'reopen', 'split'];
    const headers = {
      ...(isKeyed(act) && { 'idempotency-key': word.replace(' ', '-') }),
      ...(guards.includes(act) && { 'if-match': target?.etag ?? '' }),
    };
    const ask = () => own.ask(method, url, { key: who, headers, ...(body && { body }) });
    return ask;
  };
  /** Sends one act, twice under the same key where it is said; answers what was acknowledged. */
  const send = async (step: Step, known: readonly Edit[]): Promise<Done | null> => {
    const { act, twice } = step;
    words += 1;
    const word = `word ${words}`;
    const target = targetOf(step, known);
    const who = whoDoes(step, target);
    const ask = requestOf(step, who, word, target);
    const answers = ask === null ? [] : await Promise.all(twice ? [ask(), ask()] : [ask()]);
    const [first] = acknowledged(act, answers);
    // Whoever holds an edit of an earlier incident is given that again.
    if (first === undefined || (act === 'next' && first.body.incidentId !== incident)) return null;
    const { into } = first.body as { into?: { edit: number } };
    return { act, who, edit: Number(first.body.edit ?? target?.edit), word, into: into?.edit ?? null };
  };
  const claims = async (): Promise<string[]> => {
    const { body } = expect(await own.read(`/v1/incidents/${incident}`), 200);
    const [, ...later] = body.claims as { statement: string; standing: string }[];
    return later.map(({ statement, standing }) => `${statement} ${standing === 'retracted' ? 'retracted' : 'stands'}`);
  };
  return { incident, edits, send, claims };
};

const same = (what: string, one: readonly string[], other: readonly string[]) => {
  const [left, right] = [[...one].sort().join('\n'), [...other].sort().join('\n')];
  if (left !== right) throw new Error(`${what}:\n${left}\nand\n${right}`);
};

const added = (changes: readonly Change[]) => changes.flatMap((change) => (change.kind === 'add_claim' ? [change.claim] : []));

/** Whatever was split holds together what it held before, and each part what the other has not. */
const checkSplits = (edit: Edit, all: readonly Edit[]) => {
  const said = (version: Version | undefined) => added(version?.changes ?? []).map(({ id, statement }) => `${id} ${statement}`);
  const parts = edit.splitInto.map((number) => said(all.find((one) => one.edit === number)?.versions[0]));
  const left = edit.versions.flatMap((version, index) => {
    const gone = said(edit.versions[index - 1]).filter((one) => !said(version).includes(one));
    return version.rationale === edit.versions[index - 1]?.rationale && gone.length > 0 ? [gone] : [];
  });
  same(
    `splits of ${edit.edit}`,
    parts.map((part) => part.join()),
    left.map((part) => part.join()),
  );
};

/** What an edit's history says, held against what was acknowledged of it. */
const checkEdit = (edit: Edit, all: readonly Done[]) => {
  const of = (...wanted: Act[]) => all.filter((one) => one.edit === edit.edit && wanted.includes(one.act));
  const wordsOf = (list: readonly Done[]) => list.map(({ word, who }) => `${word} by ${who}`);
  const wordIn = (said: string) => said.match(/word \d+/)?.[0] ?? 'nothing';
  same(
    `votes on ${edit.edit}`,
    edit.votes.map(({ reason, by, decision }) => `${wordIn(reason)} by ${by}: ${decision}`),
    of('approve', 'reject', 'request_changes').map(({ word, who, act }) => `${word} by ${who}: ${act}`),
  );
  same(
    `comments on ${edit.edit}`,
    edit.comments.items.map(({ text }) => wordIn(text)),
    of('comment').map(({ word }) => word),
  );
  const resolved = edit.comments.items.filter((comment) => comment.resolved !== null).length;
  if (resolved !== of('resolve').length) throw new Error(`${resolved} comments on ${edit.edit} are resolved`);
  const taken = edit.votes.filter(({ withdrawn }) => withdrawn !== null).length;
  if (taken !== of('withdraw_vote').length) throw new Error(`${taken} votes on ${edit.edit} were taken back`);
  same(
    `acts on ${edit.edit}`,
    edit.acts.map(({ reason, by }) => `${wordIn(reason)} by ${by}`),
    wordsOf([...of('hand_over', 'reopen', 'split'), ...all.filter(({ into }) => into === edit.edit)]),
  );
  // A rebase, a reopening and a split say the same once more, and are of whoever wrote it.
  const brought = edit.versions.filter(({ rationale }, index) =>
    index === 0 ? edit.splitFrom === null : rationale !== edit.versions[index - 1]?.rationale,
  );
  same(
    `versions of ${edit.edit}`,
    brought.map(({ rationale, by }) => `${wordIn(rationale)} by ${by}`),
    wordsOf(of('submit', 'revise', 'revert')),
  );
  const again = edit.versions.length - brought.length - (edit.splitFrom === null ? 0 : 1);
  if (again !== of('rebase', 'reopen', 'split').length) throw new Error(`${again} versions of ${edit.edit} say the same once more`);
  // Whom it was handed to is its author, whether or not they have written anything.
  const hands = new Set([edit.author, ...edit.versions.map(({ by }) => by)].map(personOf));
  const counting = countingVotes(edit);
  for (const { by } of edit.votes) {
    const before = edit.versions.filter(({ version }) => version <= (edit.votes.find((vote) => vote.by === by)?.version ?? 0));
    if (before.some((version) => personOf(version.by) === personOf(by))) throw new Error(`${by} decided what they wrote in ${edit.edit}`);
  }
  const approvals = new Set(
    counting.filter(({ decision, by }) => decision === 'approve' && !hands.has(personOf(by))).map(({ by }) => personOf(by)),
  );
  const isDecided = counting.some(({ decision }) => decision === 'reject');
  if ((edit.state === 'applied') !== (approvals.size >= edit.approvals.needed && !isDecided && of('withdraw').length === 0))
    throw new Error(`${edit.edit} is ${edit.state} with ${approvals.size} of ${edit.approvals.needed}`);
};

t.test('however many review at once, nothing that was acknowledged is lost, and nothing is done twice', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  for (const [subject, person] of Object.entries(people))
    expect(await own.ask('PUT', `/v1/people/${subject}`, { key: 'admin', body: { person } }), 200);
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      const { incident, edits, send, claims } = await begin(own, world);
      const done: Done[] = [];
      let known: Edit[] = [];
      for (const round of given) {
        const answered = (await Promise.all(round.map((step) => send(step, known.slice(1))))).filter((one) => one !== null);
        done.push(...answered);
        for (const { act } of answered) seen.set(act, (seen.get(act) ?? 0) + 1);
        known = await edits();
        // Who was given an edit in this round holds it, unless somebody acted on it meanwhile.
        const quiet = answered.filter(({ edit }) =>
          answered.every((other) => other.edit !== edit || ['lease', 'next'].includes(other.act)),
        );
        for (const [edit, holders] of Map.groupBy(quiet, (one) => one.edit)) {
          if (new Set(holders.map(({ who }) => who)).size > 1)
            throw new Error(`${edit} went to ${holders.map(({ who }) => who).join(' and ')}`);
          const lease = known.find((one) => one.edit === edit)?.lease;
          if (lease?.holder !== holders[0]?.who) throw new Error(`${edit} is held by ${lease?.holder}`);
        }
      }
      for (const { edit, lease } of known) {
        const path = `/v1/incidents/${incident}/edits/${edit}/lease`;
        if (lease) expect(await own.ask('DELETE', path, { key: lease.holder as Who }), 200);
      }
      const [, ...mine] = known;
      for (const edit of mine) checkEdit(edit, done);
      for (const edit of mine) checkSplits(edit, mine);
      const applied = mine.filter(({ state }) => state === 'applied').flatMap(({ versions }) => versions.at(-1)?.changes ?? []);
      const retracted = new Set(applied.flatMap((change) => (change.kind === 'retract_claim' ? [change.claim] : [])));
      same(
        'what is on record',
        await claims(),
        added(applied).map(({ id, statement }) => `${statement} ${retracted.has(id) ? 'retracted' : 'stands'}`),
      );
      const submitted = done.filter(({ act }) => ['submit', 'split', 'revert'].includes(act));
      if (mine.length !== submitted.length) throw new Error(`${mine.length} edits of ${submitted.length}`);
    }),
    { numRuns: 60, endOnFailure: true },
  );
  for (const act of new Set(acts)) t.ok(seen.has(act), `${act} was acknowledged ${seen.get(act)} times`);
});
