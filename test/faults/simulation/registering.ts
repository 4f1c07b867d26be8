import {
  editTag,
  type Imported,
  isOpenEdit,
  type Party,
  partyBody,
  partyEditBody,
  type Source,
  sourceBody,
  sourceEditBody,
} from '@averment/domain';
import type { Dice } from '../dice.ts';
import { articleText, type Basics } from '../work.ts';
import { decide, decideOn, editsOf, partyOf, sourceOf, streamsOf, withdraw } from './reviewing.ts';
import { send } from './sending.ts';
import type { World } from './world.ts';

/** What people do to sources and parties. */

const article = { kind: 'article', title: 'Shots at the harbour', language: 'en', text: articleText };
/** What the article was read from, as an extractor would tell it. */
const imported: Imported = {
  extraction: {
    original: { sha256: 'a'.repeat(64), size: 1000, mediaType: 'application/pdf' },
    response: null,
    extractor: { name: 'the simulation', version: '1' },
    pages: [{ page: 1, start: 0, end: articleText.length }],
    cues: null,
  },
  bytes: 'JVBERi0=',
};

/** Registers a source, or imports it; an agency and a city that all authors have from one list; and somebody whom nobody else has. */
export const furnish = async (world: World, subject: string): Promise<Basics> => {
  const by = { subject, role: 'contributor' as const };
  const register = async (body: { kind: string; name: string; externalId?: object }): Promise<string> => {
    const [sent, parsed] = [{ ...by, path: '/v1/parties', key: `${subject}-${body.name}`, body }, partyBody.parse(body)];
    let existing = '';
    const registered = await send(world, sent, async ({ commands }, caller) => {
      const done = await commands.registerParty(caller, parsed);
      if (!done.ok) existing = done.error.existing ?? existing;
      return done;
    });
    return registered?.id ?? existing;
  };
  // They may be at it at once: one of them registers it.
  const listed = (name: string) => register({ kind: 'agency', name, externalId: { scheme: 'list', value: name } });
  const isImported = world.random.chance(0.5);
  const sent = { ...by, path: isImported ? '/v1/sources/import' : '/v1/sources', key: `${subject}-source`, body: article };
  const body = sourceBody.parse(article);
  const source = await send(world, sent, ({ commands, turn }, caller) =>
    isImported
      ? commands.importSource(caller, async () => {
          // What reads a document takes its time, and its process may die over it.
          await turn();
          return { body, imported };
        })
      : commands.registerSource(caller, body),
  );
  const basics = { source: source?.id ?? '', police: await listed('Harbour Police'), city: await listed('City of Porto Novo') };
  await register({ kind: 'person', name: `A passer-by of ${subject}` });
  return basics;
};

/** The article as its publisher, or whoever reads it better, has it then: what is quoted of it stays, moves, is worded otherwise, or goes. */
const revisedText = (random: Dice, key: string): string =>
  random.pick([
    `${articleText} It was corrected for ${key}.`,
    `It was corrected for ${key}. ${articleText}`,
    articleText.replace('the car moved toward its officers', `the car, as ${key} has it, moved toward its officers`),
    `It was withdrawn in part for ${key}. The city has not confirmed either account.`,
  ]);

const reason = 'As it is written there.';
const changeOfSource = (random: Dice, key: string): object => {
  if (random.chance(0.4)) return { kind: 'correct_source', set: { title: `Shots (${key})` }, reason };
  if (random.chance(0.12)) return { kind: 'withdraw_source', reason };
  return { kind: 'revise_text', text: revisedText(random, key), why: 'corrected_by_publisher', citations: [] };
};
const changeOfParty = (world: World, { id, fields, mergedInto }: Party, key: string): object => {
  const { random } = world;
  if (mergedInto !== null && random.chance(0.7)) return { kind: 'unmerge_party', reason };
  if (fields?.kind === 'person' && random.chance(0.4))
    return fields.private && random.chance(0.7)
      ? { kind: 'set_privacy', private: false, publicRole: 'the mayor', reason }
      : { kind: 'set_privacy', private: true, publicRole: null, reason };
  const others = streamsOf(world, 'party_').filter((each) => each !== id);
  if (others.length > 0 && random.chance(0.5)) return { kind: 'merge_party', into: random.pick(others), reason };
  return { kind: 'correct_party', set: { name: `The one of ${key}` }, reason };
};

/** Submits an edit of a source or party, mostly one that two approve at once; or revises, withdraws or decides what waits there. */
export const editRegistered = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  const streams = [...streamsOf(world, 'source_'), ...streamsOf(world, 'party_')];
  if (streams.length === 0) return;
  const stream = random.pick(streams);
  const isSource = stream.startsWith('source_');
  const state: Source | Party = isSource ? await sourceOf(world, stream) : await partyOf(world, stream);
  const open = [...state.edits.values()].filter(isOpenEdit);
  const own = open.find(({ author }) => author === subject);
  if (own && random.chance(0.3)) return withdraw(world, subject, key, stream, own.edit);
  if (open.length > 0 && own === undefined && random.chance(0.6)) return decide(world, subject, key, stream);

  const change = isSource ? changeOfSource(random, key) : changeOfParty(world, state as Party, key);
  const body = { baseRevision: state.version, rationale: `For ${key}.`, changes: [change] };
  const revised = own && random.chance(0.6) ? own : null;
  const path = `${editsOf(stream)}${revised === null ? '' : `/${revised.edit}`}`;
  const ref = revised && { stream, edit: revised.edit, ifMatch: [editTag(state, revised.edit)] };
  const sent = { subject, role: 'contributor' as const, key, path, body, method: ref === null ? ('POST' as const) : ('PUT' as const) };
  const submitted = await send(world, sent, ({ commands }, caller) => {
    if (isSource) {
      const parsed = sourceEditBody.parse(body);
      return ref
        ? commands.reviseSourceEdit(caller, { ...ref, body: parsed })
        : commands.submitSourceEdit(caller, { stream, body: parsed });
    }
    const parsed = partyEditBody.parse(body);
    return ref ? commands.revisePartyEdit(caller, { ...ref, body: parsed }) : commands.submitPartyEdit(caller, { stream, body: parsed });
  });
  if (submitted === null || random.chance(0.3)) return;
  for (const chief of ['chief', 'chief2']) await decideOn(world, chief, `${key}-${chief}`, stream, submitted.edit, 'approve');
};
