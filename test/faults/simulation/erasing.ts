import { type DomainEvent, erasureBody, eventId, evolveErasure, initialErasure, textsOf } from '@averment/domain';
import { decoded, eraseTexts, isUndecodable, LogUnavailable } from '@averment/event-log';
import { send } from './sending.ts';
import type { World } from './world.ts';

/** What people do so that texts go. */

/** What is said by nobody else: whatever a command makes up has its key in it. */
const own = /[^.“”"]*\bp\d-\d+[^.“”"]*/;

/** A text of an event that can be read now, and the words of it that no other command has, if any. */
const anyText = async ({ log, random }: World) => {
  const events = (await log.readAll(0n, 10_000)).filter((event): event is DomainEvent => !isUndecodable(event));
  const found = events
    .filter(({ stream }) => !stream.startsWith('erasure_'))
    .flatMap((event) => textsOf(event).flatMap((text) => (typeof text.value === 'string' ? [{ ...text, value: text.value, event }] : [])));
  if (found.length === 0) return null;
  const text = random.pick(found);
  return { ...text, words: own.exec(text.value)?.[0].trim() ?? null };
};

/** Erases a text that stands somewhere, through a process that may die over it; a repeat goes on. */
const eraseAtOnce = async (world: World, subject: string, key: string): Promise<void> => {
  const text = await anyText(world);
  if (text === null) return;
  const { stream, revision, pointer } = text;
  const command = eventId(world.random.uuid(), 0);
  const request = {
    stream,
    command,
    actor: subject,
    reasonCode: 'personal_data',
    at: world.clock.now().toISOString(),
    request: key,
    fields: [{ revision, pointer }],
    idOf: (index: number) => eventId(command, index),
  };
  for (;;) {
    const process = world.api();
    try {
      if ((await Promise.race([eraseTexts(process.log, request), process.died])) !== 'died') return;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
};

type Text = NonNullable<Awaited<ReturnType<typeof anyText>>>;

const targetOf = ({ stream, revision, pointer, words, value }: Text, byWords: boolean) => {
  if (byWords) return { value: words ?? value };
  if (stream.startsWith('source_')) return { source: stream, pointers: [pointer.replace(/^\/set(?=\/)/, '')] };
  if (stream.startsWith('party_')) return { party: stream, pointers: [pointer.replace(/^\/set(?=\/)/, '')] };
  return { incident: stream, revision, pointers: [pointer] };
};

const stateOf = async ({ log }: World, id: string) =>
  decoded(await log.readStream(id, 0, { texts: false })).reduce(evolveErasure, initialErasure()).state;
/** Waits for a while that the worker goes on with a request. */
const whileIt = async (world: World, id: string, ...states: readonly string[]): Promise<void> => {
  for (let looks = 0; looks < 200 && states.includes(await stateOf(world, id)); looks += 1) await world.turn();
};

type Kind = 'erase' | 'restrict' | 'lift';

/**
 * Asks for a text to be erased, kept from sight or shown again; and once it was looked for it, an admin and a reviewer decide, and now and then the author tries.
 * What is kept from sight is mostly shown again.
 */
const askFor = async (world: World, { subject, key }: { subject: string; key: string }, text: Text, kind: Kind): Promise<void> => {
  const { random } = world;
  const byWords = kind === 'erase' && text.words !== null && random.chance(0.6);
  const sentBody = { kind, targets: [targetOf(text, byWords)], ground: 'personal_data', request: 'A letter', reason: 'It names somebody.' };
  const body = erasureBody.parse(sentBody);
  const sent = { subject, role: 'contributor' as const, path: '/v1/erasures', key, body: sentBody };
  const asked = await send(world, sent, ({ commands }, caller) => commands.requestErasure(caller, body));
  if (asked === null) return;
  const { id } = asked;
  if (byWords && text.words !== null) world.sought.set(id, text.words);
  await whileIt(world, id, 'looking');
  const vote = async (by: string, role: 'admin' | 'reviewer', decision: 'approve' | 'reject') => {
    const body = { decision, reason: 'I looked at it.' };
    const sent = { subject: by, role, path: `/v1/erasures/${id}/decision`, key: `${key}-${by}`, body };
    await send(world, sent, ({ commands }, caller) => commands.decideErasure(caller, { id, ...body }));
  };
  if (random.chance(0.3)) await vote(subject, 'reviewer', 'approve');
  const second = random.chance(0.85) ? 'approve' : 'reject';
  for (const [by, role] of random.shuffle([['admin', 'admin'] as const, ['chief', 'reviewer'] as const])) {
    await vote(by, role, by === 'chief' ? second : 'approve');
  }
  if (kind !== 'restrict' || random.chance(0.3)) return;
  await whileIt(world, id, 'open', 'approved');
  await askFor(world, { subject, key: `${key}-lift` }, text, 'lift');
};

export const erase = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  if (random.chance(0.4)) return eraseAtOnce(world, subject, key);
  const text = await anyText(world);
  if (text !== null) await askFor(world, { subject, key }, text, random.pick(['erase', 'erase', 'restrict'] as const));
};
