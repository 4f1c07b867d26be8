import type { Answered } from './checker.ts';
import type { Harness, Person } from './harness.ts';

/** A small record to tell tests with. Nobody in it is real. */

export const articleText =
  'The Harbour Police said that the car moved toward its officers before the first shot. ' +
  'A witness said that the car stood still. The city has not confirmed either account. The car, the car again.';

export const article = (more: object = {}) => ({
  kind: 'article',
  publisher: 'The Pier',
  title: 'Shots at the harbour',
  language: 'en',
  text: articleText,
  ...more,
});

/** Fails loudly: what comes after would only be confusing. */
export const expect = (answer: Answered, status: number): Answered => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
};
export const text = (answer: Answered, field: string): string => String(answer.body[field]);

const place = { text: 'The harbour of Porto Novo', locality: 'Porto Novo', region: 'US-WA', country: 'US', precision: 'locality' };
export const quoting = (source: string, exact: string, more: object = {}) => ({ source, quote: { exact, ...more } });

export type World = { source: string; police: string; witness: string; city: string };

/** Registers one source and three parties. */
export const furnish = async ({ ask }: Harness, key: Person = 'contributor'): Promise<World> => {
  const id = async (path: string, body: object) => text(expect(await ask('POST', path, { key, body }), 201), 'id');
  return {
    source: await id('/v1/sources', article()),
    police: await id('/v1/parties', { kind: 'agency', name: 'Harbour Police' }),
    city: await id('/v1/parties', { kind: 'agency', name: 'City of Porto Novo' }),
    witness: await id('/v1/parties', { kind: 'described_role', name: 'a witness at the harbour' }),
  };
};

export const movedClaim = (world: World, more: object = {}) => ({
  ref: 'c1',
  aspect: 'vehicle_motion',
  value: { kind: 'boolean', value: true },
  statement: 'The harbour police say that the car moved toward the officers before the first shot.',
  speaker: world.police,
  capacity: 'spokesperson',
  stance: 'asserts',
  citations: [quoting(world.source, 'the car moved toward its officers before the first shot')],
  ...more,
});

export const stoodClaim = (world: World, more: object = {}) => ({
  ref: 'c2',
  aspect: 'vehicle_motion',
  value: { kind: 'boolean', value: false },
  statement: 'A witness says that the car stood still.',
  speaker: world.witness,
  capacity: 'eyewitness',
  stance: 'asserts',
  citations: [quoting(world.source, 'the car stood still')],
  ...more,
});

export const proposal = (world: World, more: object = {}) => ({
  title: 'Harbour police officer shoots at a car in Porto Novo',
  occurred: { date: '2026-01-14', time: '18:50', timeZone: 'America/Los_Angeles' },
  place,
  agencies: [world.police],
  claims: [movedClaim(world)],
  rationale: 'The first article on it.',
  ...more,
});

export const propose = async (harness: Harness, world: World, more: object = {}, key: Person = 'contributor') => {
  const answer = expect(await harness.ask('POST', '/v1/incidents', { key, body: proposal(world, more) }), 201);
  return { incident: text(answer, 'incidentId'), etag: text(answer, 'etag'), refs: answer.body.refs as Record<string, string> };
};

export const decide = async (
  harness: Harness,
  incident: string,
  edit: number,
  decision: string,
  key: Person = 'reviewer',
  reason: string | null = 'Checked.',
) => {
  const now = await harness.read(`/v1/incidents/${incident}/edits/${edit}`, { key: 'reviewer' });
  return harness.ask('POST', `/v1/incidents/${incident}/edits/${edit}/decision`, {
    key,
    headers: { 'if-match': text(expect(now, 200), 'etag') },
    body: { decision, reason },
  });
};

/** A published incident with one claim. */
export const publish = async (harness: Harness, world: World, more: object = {}) => {
  const proposed = await propose(harness, world, more);
  const decided = expect(await decide(harness, proposed.incident, 1, 'approve'), 200);
  return { ...proposed, revision: Number(decided.body.appliedRevision), position: text(decided, 'position') };
};

export const submit = async (harness: Harness, incident: string, baseRevision: number, changes: object[], key: Person = 'contributor') =>
  harness.ask('POST', `/v1/incidents/${incident}/edits`, { key, body: { baseRevision, rationale: 'As the source says.', changes } });
