import {
  editTag,
  evolveIncident,
  evolveParty,
  evolveSource,
  type Incident,
  initialIncident,
  initialParty,
  initialSource,
  type Party,
  type Review,
  type Source,
} from '@averment/domain';
import { decoded, withAbsorbed } from '@averment/event-log';
import { send } from './sending.ts';
import type { World } from './world.ts';

/** What people do to edits, of whatever they are. */

/** The streams that there are whose names begin so. */
export const streamsOf = (world: World, prefix: string): string[] =>
  [...world.store.streams.keys()].filter((stream) => stream.startsWith(prefix));

/** The incident as it stands in the log now. People share the folds, which go on where they ended: whoever waits in between looks again. */
export const foldOf = async ({ log, folds }: World, stream: string): Promise<Incident> => {
  const seen = folds.get(stream) ?? { state: initialIncident(), revision: -1 };
  folds.set(stream, seen);
  const readTo = async (absorbed: string, to: number) => decoded(await log.readStream(absorbed, 0, { to, texts: false }));
  for (const event of await withAbsorbed(decoded(await log.readStream(stream, seen.revision + 1, { texts: false })), readTo)) {
    if (event.revision !== seen.revision + 1) continue;
    seen.state = evolveIncident(seen.state, event);
    seen.revision = event.revision;
  }
  return seen.state;
};

const registered = async ({ log }: World, stream: string) => decoded(await log.readStream(stream, 0, { texts: false }));
export const sourceOf = async (world: World, stream: string): Promise<Source> =>
  (await registered(world, stream)).reduce(evolveSource, initialSource());
export const partyOf = async (world: World, stream: string): Promise<Party> =>
  (await registered(world, stream)).reduce(evolveParty, initialParty());

/** What a stream says of its edits. */
export const reviewOf = (world: World, stream: string): Promise<Review<unknown>> => {
  if (stream.startsWith('incident_')) return foldOf(world, stream);
  return stream.startsWith('source_') ? sourceOf(world, stream) : partyOf(world, stream);
};

/** Where the edits of a stream are asked for. */
export const editsOf = (stream: string): string => {
  const kinds = { incident: 'incidents', source: 'sources', party: 'parties' };
  return `/v1/${kinds[stream.split('_')[0] as keyof typeof kinds]}/${stream}/edits`;
};

export type Decision = 'approve' | 'reject' | 'request_changes';
export const decideOn = async (world: World, subject: string, key: string, stream: string, edit: number, decision: Decision) => {
  const state = await reviewOf(world, stream);
  const body = { decision, reason: 'I looked at it.' };
  const sent = { subject, role: 'reviewer' as const, key, path: `${editsOf(stream)}/${edit}/decision`, body };
  const ifMatch = [editTag(state, edit)];
  return send(world, sent, ({ commands }, caller) => commands.decideEdit(caller, { stream, edit, ifMatch, ...body }));
};

export const takeBack = async (world: World, subject: string, key: string, stream: string, edit: number): Promise<void> => {
  const state = await reviewOf(world, stream);
  const body = { reason: 'Too soon.' };
  const path = `${editsOf(stream)}/${edit}/decision`;
  const sent = { subject, role: 'reviewer' as const, key, method: 'DELETE' as const, path, body };
  const ifMatch = [editTag(state, edit)];
  await send(world, sent, ({ commands }, caller) => commands.withdrawVote(caller, { stream, edit, ifMatch, ...body }));
};

export const withdraw = async (world: World, subject: string, key: string, stream: string, edit: number): Promise<void> => {
  const sent = { subject, role: 'contributor' as const, key, path: `${editsOf(stream)}/${edit}/withdraw`, body: { reason: null } };
  await send(world, sent, ({ commands }, caller) => commands.withdrawEdit(caller, { stream, edit, ifMatch: null, reason: null }));
};

/**
 * Decides an edit of a stream that waits, the own ones too: those must be refused. A vote that was not enough is taken back now and then; the one that somebody
 * else then casts is not enough either.
 */
export const decide = async (world: World, subject: string, key: string, stream: string): Promise<void> => {
  const { random } = world;
  const open = [...(await reviewOf(world, stream)).edits.values()].filter(({ state }) => state === 'submitted');
  if (open.length === 0) return;
  const { edit } = random.pick(open);
  const decision = random.pick(['approve', 'approve', 'approve', 'reject', 'request_changes'] as const);
  const decided = await decideOn(world, subject, key, stream, edit, decision);
  if (decided?.state !== 'submitted' || random.chance(0.4)) return;
  await takeBack(world, subject, key, stream, edit);
  await decideOn(world, 'chief', `${key}-chief`, stream, edit, 'approve');
};
