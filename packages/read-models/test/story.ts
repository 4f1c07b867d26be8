import { catalogue, countingVotes, type DomainEvent } from '@averment/domain';
import { isUndecodable } from '@averment/event-log';
import fc from 'fast-check';
import { type Body, Refused, type World } from './world.ts';

/** One thing that somebody tries. What the numbers choose among depends on what there is by then. */
type Step = { what: keyof typeof deeds; pick: number; other: number; advance: boolean; restart: number | null };

const nameOf = (kind: string, index: number): string => `${kind}${index}`;
const chosen = <T>(list: readonly T[], pick: number): T => {
  const found = list[pick % Math.max(1, list.length)];
  if (found === undefined) throw new Refused('there is nothing to choose from');
  return found;
};

const speakers = ['bureau', 'city', 'witness', 'driver', 'department'];
const aspects: Body[] = [
  {},
  { stance: 'denies' },
  { aspect: 'shots_fired', about: null, value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'exact' } },
  { aspect: 'activity', value: { kind: 'text', value: 'an activity', alternatives: ['another word for it'] } },
];

type Deed = (world: World, pick: number, other: number) => Promise<unknown>;

const incidentNames = (world: World): string[] =>
  [...Array(4).keys()].map((index) => nameOf('place', index)).filter((name) => world.stateOf(name).id !== null);
const incident = (world: World, pick: number): string => chosen(incidentNames(world), pick);
const claimOf = (world: World, name: string, pick: number): string => chosen([...world.stateOf(name).claims.keys()], pick);
const openEdit = (world: World, name: string, pick: number): number =>
  chosen(
    [...world.stateOf(name).edits.values()].filter(({ state }) => state === 'submitted' || state === 'changes_requested'),
    pick,
  ).edit;
const quoted = (world: World, pick: number): Body => ({
  source: world.id('source', nameOf('source', pick % 3)),
  quote: { exact: 'the car moved' },
});

const someClaim = (world: World, pick: number, other: number): Body =>
  world.claim({
    speaker: world.id('party', chosen(speakers, other)),
    capacity: 'official',
    statement: `Somebody says thing ${pick}.`,
    ...chosen(aspects, pick),
    citations: [quoted(world, other)],
  });

/** Some corrections conceal what they replace. */
const concealed = (pick: number): boolean => pick % 3 === 0;

const changes: ((world: World, name: string, pick: number, other: number) => Body[])[] = [
  (world, _, pick, other) => [{ kind: 'add_claim', claim: someClaim(world, pick, other) }],
  (world, name, pick, other) => [
    { kind: 'add_claim', claim: { ...someClaim(world, pick, other), ref: 'c1' } },
    {
      kind: 'dispute_claim',
      claim: claimOf(world, name, other),
      basis: 'stated',
      by: world.id('party', 'city'),
      capacity: 'official',
      grounds: `Grounds ${pick}.`,
      counterClaim: 'c1',
      citations: [quoted(world, pick)],
    },
  ],
  (world, name, pick, other) => [
    {
      kind: 'correct_claim',
      claim: claimOf(world, name, pick),
      set: { statement: `Corrected to ${other}.` },
      conceal: concealed(pick),
      reason: `It is reason ${pick}.`,
      citations: [quoted(world, other)],
    },
  ],
  (world, name, pick, other) => [
    {
      kind: 'correct_claim',
      claim: claimOf(world, name, pick),
      set: { about: world.id('party', chosen(['driver', 'witness'], other)) },
      reason: `It is reason ${pick}.`,
      citations: [quoted(world, other)],
    },
  ],
  (world, name, pick, other) => [
    {
      kind: 'correct_incident',
      conceal: other % 2 === 0 && concealed(pick),
      set: other % 2 === 0 ? { title: `Title ${pick}` } : { agencies: [world.id('party', 'city')], occurred: { date: '2026-01' } },
      reason: 'It was wrong.',
      citations: [quoted(world, pick)],
      ...(name === '' ? {} : {}),
    },
  ],
  (world, name, pick, other) => [
    {
      kind: 'record_ruling',
      court: world.id('party', 'court'),
      decidedOn: '2026-01-20',
      finality: 'final',
      basis: 'report',
      summary: `The court found ${pick}.`,
      citations: [quoted(world, pick)],
      effects: [{ claim: claimOf(world, name, other), effect: 'contradicts', citations: [quoted(world, other)] }],
    },
  ],
  (world, name, pick) => [{ kind: 'rank_claim', claim: claimOf(world, name, pick), rank: 'deprecated', reason: 'The headline errs.' }],
  (world, name, pick) => [{ kind: 'retract_claim', claim: claimOf(world, name, pick), reason: `Reason ${pick}.` }],
  (world, name, pick) => [{ kind: 'add_citation', claim: claimOf(world, name, pick), citations: [quoted(world, pick + 1)] }],
  (world, name, pick) => [
    {
      kind: 'merge_incident',
      into: world.id(
        'incident',
        chosen(
          incidentNames(world).filter((each) => each !== name),
          pick,
        ),
      ),
      reason: 'The same.',
    },
  ],
  () => [{ kind: 'unmerge_incident', reason: 'Not the same.' }],
  (world, name, pick, other) => [
    {
      kind: chosen(['distinguish_incident', 'undistinguish_incident'], other),
      from: world.id(
        'incident',
        chosen(
          incidentNames(world).filter((each) => each !== name),
          pick,
        ),
      ),
      reason: `They are two for reason ${pick}.`,
    },
  ],
  (world, _, pick, other) => [
    {
      kind: 'retract_incident',
      citations: other % 2 === 0 ? [quoted(world, pick)] : [],
      reason: `The incident’s reason is number ${pick}.`,
    },
  ],
  (_, __, pick) => [{ kind: 'reinstate_incident', reason: `It is back for reason ${pick}.` }],
  (world, name, pick, other) => {
    const said = [...world.stateOf(name).own.values()].map(({ target, fields }) => ({ target, revision: fields.revision }));
    const { target, revision } = said.length === 0 ? { target: world.id('incident', name), revision: 0 } : chosen(said, pick);
    const set = { reason: `The corrected reason is ${other}.` };
    return [{ kind: 'correct_change', target, revision, set, conceal: concealed(other), reason: `It is wrong for reason ${pick}.` }];
  },
];

/** A text that a stream holds now, by revision and pointer. */
const textsOf = async (world: World, stream: string): Promise<{ revision: number; pointer: string }[]> => {
  const events = await world.log.readStream(stream, 0);
  return events
    .filter((event): event is DomainEvent => !isUndecodable(event))
    .flatMap(({ type, data, revision }) =>
      (catalogue[type]?.texts(data) ?? []).map((path) => ({ revision, pointer: `/${path.join('/')}` })),
    );
};

const corrected = (set: object) => ({ kind: 'correct_party', set, reason: 'It was not right.' });

const deeds = {
  propose: (world, pick, other) => world.propose(nameOf('place', pick % 4), { claims: [someClaim(world, pick, other)] }),
  reproposes: (world, pick) => world.withdraw(incident(world, pick), 1),
  change: (world, pick, other) => {
    const name = incident(world, pick);
    return world.submit(name, chosen(changes, other)(world, name, pick, other));
  },
  apply: async (world, pick, other) => {
    const name = incident(world, pick);
    return world.apply(name, chosen(changes, other)(world, name, pick, other));
  },
  approve: (world, pick, other) => {
    const name = incident(world, pick);
    return world.decide(name, openEdit(world, name, other), other % 2 === 0 ? 'reviewer' : 'reviewer2', 'approve');
  },
  withdrawVote: (world, pick, other) => {
    const names = incidentNames(world);
    const votes = names.flatMap((name) =>
      [...world.stateOf(name).edits.values()]
        .filter(({ state }) => state === 'submitted')
        .flatMap((edit) => [...countingVotes(edit).keys()].map((by) => ({ name, edit: edit.edit, by }))),
    );
    const { name, edit, by } = chosen(votes, pick + other);
    return world.withdrawVote(name, edit, by);
  },
  decide: (world, pick, other) => {
    const name = incident(world, pick);
    return world.decide(name, openEdit(world, name, other), 'reviewer', other % 3 === 0 ? 'reject' : 'request_changes');
  },
  revise: (world, pick, other) => {
    const name = incident(world, pick);
    return world.reviseEdit(name, openEdit(world, name, other), chosen(changes, other + 1)(world, name, pick, other));
  },
  followMerges: (world) => world.followMerges(),
  correctParty: (world, pick, other) => {
    const sets = [{ name: `Name ${other}` }, { parent: null }, { parent: world.id('party', 'city') }, { aliases: [`Alias ${other}`] }];
    const party = world.id('party', chosen(['bureau', 'city', 'department', 'court'], pick));
    return world.applyTo(party, [corrected(chosen(sets, other))]);
  },
  correctPerson: (world, pick, other) => {
    const privacy = { kind: 'set_privacy', reason: 'So it is.' };
    const changes = [
      corrected({ name: `a person called ${other}` }),
      { ...privacy, private: false, publicRole: 'holder of public office' },
      { ...privacy, private: true },
    ];
    return world.applyTo(world.id('party', chosen(['driver', 'witness'], pick)), [chosen(changes, other)]);
  },
  changeSource: (world, pick, other) => {
    const name = nameOf('source', pick % 3);
    const changes = [
      { kind: 'withdraw_source', reason: 'It was taken back.' },
      { kind: 'revise_text', text: `Again: the car moved ${other} times.`, why: 'corrected_by_publisher' },
      { ...corrected({ title: `A title ${other}` }), kind: 'correct_source' },
    ];
    return world.applyTo(world.id('source', name), [chosen(changes, other)]);
  },
  mergeParty: (world, pick, other) => {
    const [bodies, people] = [
      ['bureau', 'city', 'department', 'court'],
      ['driver', 'witness'],
    ] as const;
    const names = pick % 4 === 0 ? people : bodies;
    const party = world.id('party', chosen(names, pick));
    const change =
      other % 3 === 0
        ? { kind: 'unmerge_party', reason: 'They are two.' }
        : { kind: 'merge_party', into: world.id('party', chosen(names, other)), reason: 'They are one.' };
    return world.applyTo(party, [change]);
  },
  adoptRules: (world, pick, other) =>
    world.adoptRules((rules) => ({
      ...rules,
      approvals: {
        ...rules.approvals,
        kinds: { ...rules.approvals.kinds, add_claim: 1 + (pick % 3), correct_party: 1 + (other % 2), correct_source: 1 + (pick % 2) },
        touches: { ...rules.approvals.touches, ruling: 1 + (other % 3) },
      },
      dueHours: { urgent: 4, high: 12 + (pick % 5), normal: 24 + (other % 5) },
    })),
  /** As logs of before have it. */
  correctPartyOfOld: (world, pick, other) => world.correctParty(chosen(['bureau', 'city'], pick), { name: `Old name ${other}` }),
  submitRegistered: (world, pick, other) => {
    const streams = [...world.parties.keys(), ...world.sources.keys()];
    const stream = chosen(streams, pick);
    const kind = stream.startsWith('party_') ? 'correct_party' : 'correct_source';
    const set = kind === 'correct_party' ? { name: `Proposed ${other}` } : { publisher: `Publisher ${other}` };
    return world.submitTo(stream, [{ ...corrected(set), kind }]);
  },
  voteOnRegistered: (world, pick, other) => {
    const open = [...world.parties, ...world.sources].flatMap(([stream, { edits }]) =>
      [...edits.values()].filter(({ state }) => state === 'submitted').map(({ edit }) => ({ stream, edit })),
    );
    if (open.length === 0) throw new Refused('nothing waits');
    const { stream, edit } = chosen(open, pick);
    return world.decideOn(stream, edit, 'reviewer', chosen(['approve', 'approve', 'reject', 'request_changes'] as const, other));
  },
  keepFromSight: async (world, pick, other) => {
    const stream = chosen([...world.incidents.keys(), ...world.parties.keys(), ...world.sources.keys()], pick);
    const { revision, pointer } = chosen(await textsOf(world, stream), other);
    return world.restrict(pick % 3 === 0 ? 'TextReleased' : 'TextRestricted', stream, revision, [pointer]);
  },
  erase: async (world, pick, other) => {
    const streams = [...world.incidents.keys(), ...world.incidents.keys(), ...world.parties.keys(), ...world.sources.keys()];
    const stream = chosen(streams, pick);
    const { revision, pointer } = chosen(await textsOf(world, stream), other);
    return world.erase(stream, revision, pointer);
  },
} satisfies Record<string, Deed>;

const often: (keyof typeof deeds)[] = ['propose', 'change', 'change', 'change', 'apply', 'apply', 'apply', 'apply', 'approve', 'approve'];
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...often, ...(Object.keys(deeds) as (keyof typeof deeds)[])),
  pick: fc.nat(30),
  other: fc.nat(60),
  advance: fc.boolean(),
  restart: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 6 }),
});
export const story = fc.array(step, { minLength: 60, maxLength: 120, size: 'max' });

/** Makes what every story begins with: the cast, three sources and two published incidents. */
export const begin = async (world: World): Promise<void> => {
  await world.cast();
  for (let index = 0; index < 3; index += 1) await world.source(nameOf('source', index));
  for (let index = 0; index < 2; index += 1) await world.publish(nameOf('place', index));
};

/** Tries a step. False where the domain refused it: then nothing has happened. */
export const take = async (world: World, { what, pick, other }: Step): Promise<boolean> => {
  try {
    await deeds[what](world, pick, other);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
};
