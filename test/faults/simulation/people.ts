import { editBody, editTag, proposalBody } from '@averment/domain';
import { type Basics, claim, proposal } from '../work.ts';
import { act } from './acting.ts';
import { erase } from './erasing.ts';
import { editRegistered, furnish } from './registering.ts';
import { decide, decideOn, foldOf, streamsOf, withdraw } from './reviewing.ts';
import { send } from './sending.ts';
import type { World } from './world.ts';

type Role = 'author' | 'reviewer' | 'both' | 'eraser';

/** One person's day: a few actions on whatever is there, of which many are refused because others were faster. */
export const person = async (world: World, role: Role, subject: string): Promise<void> => {
  const basics = role === 'author' ? await furnish(world, subject) : null;
  if (basics) await propose(world, subject, basics);
  await world.opened(role === 'author');
  const actions = role === 'eraser' ? 2 : 4 + world.random.below(5);
  for (let n = 0; n < actions; n += 1) {
    const key = `${subject}-${n}`;
    if (role === 'eraser') await erase(world, subject, key);
    else if (world.random.chance(0.2)) await act(world, subject, key);
    else if (role === 'reviewer' || (role === 'both' && world.random.chance(0.5))) await decideAny(world, subject, key);
    else if (world.random.chance(0.25)) await merge(world, subject, key);
    else if (world.random.chance(0.4)) await editRegistered(world, subject, key);
    else await edit(world, subject, key, basics);
  }
};

/** Decides an edit that waits, mostly of an incident. */
const decideAny = async (world: World, subject: string, key: string): Promise<void> => {
  const streams = world.random.chance(0.8)
    ? streamsOf(world, 'incident_')
    : [...streamsOf(world, 'source_'), ...streamsOf(world, 'party_')];
  if (streams.length > 0) await decide(world, subject, key, world.random.pick(streams));
};

const propose = async (world: World, subject: string, basics: Basics): Promise<void> => {
  const listed = world.random.chance(0.3) ? { externalId: { scheme: 'list', value: 'the shots' } } : {};
  const body = { ...proposal(basics, `Shots, told by ${subject}`), ...listed };
  const sent = { subject, role: 'contributor' as const, path: '/v1/incidents', key: `${subject}-proposal`, body };
  const parsed = proposalBody.parse(body);
  const proposed = await send(world, sent, ({ commands }, caller) => commands.proposeIncident(caller, parsed));
  if (proposed === null) return;
  // Most are published before anybody else gets to see them.
  if (world.random.chance(0.8)) await decideOn(world, 'chief', `${subject}-published`, proposed.of.id, 1, 'approve');
};

/** Merges an incident, or takes that back, or says something of a claim that it shows, its own or not, or moves it; mostly two approve at once. */
const merge = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  const incidents = streamsOf(world, 'incident_');
  if (incidents.length < 2) return;
  const incident = random.pick(incidents);
  const state = await foldOf(world, incident);
  const [into, claims] = [random.pick(incidents.filter((each) => each !== incident)), [...state.claims.keys()]];
  const reason = `For ${key}.`;
  const claim = claims.length === 0 ? null : random.pick(claims);
  const moves = random.chance(0.4);
  const said =
    claim === null
      ? []
      : [moves ? { kind: 'move_claim', claim, to: into, reason } : { kind: 'rank_claim', claim, rank: 'preferred', reason }];
  const changes =
    state.status === 'merged'
      ? [{ kind: 'unmerge_incident', reason }]
      : said.length > 0 && random.chance(0.5)
        ? said
        : random.chance(0.2)
          ? [{ kind: state.distinctFrom.has(into) ? 'undistinguish_incident' : 'distinguish_incident', from: into, reason }]
          : [{ kind: 'merge_incident', into, reason }];
  const body = { baseRevision: state.recordRevision ?? 0, rationale: reason, changes };
  const sent = { subject, role: 'contributor' as const, key, path: `/v1/incidents/${incident}/edits`, body };
  const submission = { incident, body: editBody.parse(body) };
  const submitted = await send(world, sent, ({ commands }, caller) => commands.submitEdit(caller, submission));
  if (submitted === null || random.chance(0.2)) return;
  for (const chief of ['chief', 'chief2']) await decideOn(world, chief, `${key}-${chief}`, incident, submitted.edit, 'approve');
};

/** Submits, revises or withdraws. */
const edit = async (world: World, subject: string, key: string, own: Basics | null): Promise<void> => {
  const { random } = world;
  const incidents = streamsOf(world, 'incident_');
  if (incidents.length === 0) return;
  const incident = random.pick(incidents);
  const state = await foldOf(world, incident);
  const basics = own ?? { source: streamsOf(world, 'source_')[0] ?? '', police: streamsOf(world, 'party_')[0] ?? '', city: '' };
  if (basics.source === '' || basics.police === '') return;
  const body = {
    baseRevision: state.recordRevision ?? 0,
    rationale: `For ${key}.`,
    changes: [
      random.chance(0.5)
        ? { kind: 'add_claim', claim: claim(basics, `The police say so, ${key}.`) }
        : {
            kind: 'correct_incident',
            set: { title: `Shots, ${key}` },
            // What conceals needs two approvals.
            conceal: random.chance(0.7),
            reason: 'The title was poor.',
            citations: [{ source: basics.source, quote: { exact: 'The city has not confirmed either account.' } }],
          },
      // What holds two changes can be split.
      ...(random.chance(0.4) ? [{ kind: 'add_claim', claim: claim(basics, `The police add, ${key}.`) }] : []),
    ],
  };
  const by = { subject, role: 'contributor' as const, key };
  const mine = [...state.edits.values()].filter(
    (each) => each.author === subject && each.edit > 1 && !['applied', 'rejected', 'withdrawn'].includes(each.state),
  );
  const [open] = mine;
  const path = `/v1/incidents/${incident}/edits`;
  if (open && random.chance(0.3)) await withdraw(world, subject, key, incident, open.edit);
  else if (open && random.chance(0.5)) {
    const ifMatch = [editTag(state, open.edit)];
    const sent = { ...by, path: `${path}/${open.edit}`, body };
    const revision = { stream: incident, edit: open.edit, ifMatch, body: editBody.parse(body) };
    await send(world, sent, ({ commands }, caller) => commands.reviseEdit(caller, revision));
  } else {
    const [sent, submission] = [
      { ...by, path, body },
      { incident, body: editBody.parse(body) },
    ];
    await send(world, sent, ({ commands }, caller) => commands.submitEdit(caller, submission));
  }
};
