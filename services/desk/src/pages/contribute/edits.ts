import type { Schemas } from '@averment/client';
import { answerOf, Refused, taggedAnswerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Onward, type Page, type PageSpec, page } from '../../page.ts';
import { wrongOf } from '../../parts/form.ts';
import { link, notice } from '../../parts/list.ts';
import { originalsOf } from './at-hand.ts';
import { type Decoded, proposalOf, submissionOf, type Tree } from './decode.ts';
import { acted, editPage, type Writing } from './edit-form.ts';
import { encodeChanges } from './encode.ts';
import { isKind, kinds } from './kinds.ts';
import { type Fields, groupsOf, type State, stateOf, textAt, withFields } from './state.ts';

type Incident = Schemas['Incident'];
type Sent = Schemas['Submitted'];

/** What is written, with how it is sent. */
type Sending = Writing & {
  send(state: State): Promise<Sent>;
  decoded(state: State): Decoded<unknown>;
};

const incidentOf = ({ api }: Asked, id: string): Promise<Incident> => answerOf(api.GET('/v1/incidents/{id}', { params: { path: { id } } }));

const keyOf = (state: State) => ({ 'Idempotency-Key': textAt(state, 'idempotencyKey') });

const creating = (asked: Asked): Sending => {
  const source = asked.query.get('source') ?? '';
  return {
    title: 'Propose an incident',
    incident: null,
    draft: `new incident ${source}`,
    sends: 'Propose this incident',
    decoded: proposalOf,
    send: async (state) => answerOf(asked.api.POST('/v1/incidents', { params: { header: keyOf(state) }, body: proposalOf(state).body })),
  };
};

const changing = async (asked: Asked, id: string): Promise<Sending> => {
  const incident = await incidentOf(asked, id);
  const decoded = (state: State) => submissionOf(state, Number(textAt(state, 'baseRevision')), originalsOf(incident));
  return {
    title: `Change: ${incident.title ?? id}`,
    incident,
    draft: `edit of ${id} ${asked.query.get('kind') ?? ''} ${asked.query.get('claim') ?? ''} ${asked.query.get('source') ?? ''}`.trim(),
    sends: 'Send this to review',
    above: [{ href: `/incidents/${id}`, text: incident.title ?? id }],
    decoded,
    send: async (state) =>
      answerOf(asked.api.POST('/v1/incidents/{id}/edits', { params: { path: { id }, header: keyOf(state) }, body: decoded(state).body })),
  };
};

const sendingOf = (asked: Asked): Promise<Sending> | Sending => {
  const id = asked.query.get('incident') ?? 'new';
  return id === 'new' ? creating(asked) : changing(asked, id);
};

const begun = (asked: Asked, { incident }: Sending, kind: string | null): Fields => [
  ['idempotencyKey', asked.newKey()],
  ...(incident === null ? [] : [['baseRevision', String(incident.revision ?? 0)] as const]),
  ...(kind === null ? [] : [['c1.kind', kind] as const]),
];

/** What is beside a refusal: what is there already, and what came between. */
const beside = ({ problem }: Refused): Html | undefined => {
  const { existing, events } = problem;
  if (existing !== undefined) {
    const room = existing.startsWith('source_') ? 'sources' : existing.startsWith('party_') ? 'parties' : 'incidents';
    return notice(html`<p>It is there already: ${link(`/${room}/${existing}`, existing)}.</p>`, 'warning');
  }
  if (events !== undefined && events.length > 0)
    return notice(html`<p>What came between: ${events.map(({ type }, index) => html`${index > 0 && ', '}${type}`)}.</p>`, 'warning');
  return undefined;
};

/** What a POST of a form answers: the form anew after a button that changes it or a refusal, else the page that tells what became of it. */
const answered = async (asked: Asked, sending: Sending): Promise<Page | Onward> => {
  const state = stateOf(asked.form.fields);
  const does = textAt(state, 'act');
  if (does !== 'submit') return editPage(asked, sending, acted(state, does, sending));
  try {
    const { of, edit, normalised, reused } = await sending.send(state);
    const told = new URLSearchParams([
      ['draft', sending.draft],
      ['normalised', String(normalised.length)],
      ...reused.map(({ id }): [string, string] => ['reused', id]),
    ]);
    return { onward: `/desk/contribute/edits/${of.id}/${edit}/sent?${told}` };
  } catch (error) {
    if (!(error instanceof Refused) || error.status === 401) throw error;
    const { fieldAt } = sending.decoded(state);
    const above = beside(error);
    const { status } = error;
    return editPage(asked, sending, state, { wrong: wrongOf(error.problem, fieldAt), status, ...(above !== undefined && { above }) });
  }
};

const claimsPath = '/desk/contribute/claims';
const changePath = '/desk/contribute/change';
const revisePath = '/desk/contribute/edits/:subject/:edit';

const started = async (asked: Asked, kind: string | null, further: Fields = []): Promise<Page> => {
  const sending = await sendingOf(asked);
  const state = stateOf([...begun(asked, sending, kind), ...further]);
  return editPage(asked, sending, acted(state, 'show', sending));
};

/** The change that the address asks for, of the claim or other thing that it names; without a kind, a form to which changes are added. */
const change = (asked: Asked): Promise<Page> => {
  const kind = asked.query.get('kind') ?? '';
  if (!isKind(kind)) return started(asked, null);
  const thing = asked.query.get('claim') ?? asked.query.get('target') ?? '';
  const [target] = kinds[kind].specs.filter((spec) => spec.as === 'thing');
  return started(asked, kind, target === undefined || thing === '' ? [] : [[`c1.${target.path}`, thing]]);
};

const revising = async (asked: Asked): Promise<{ sending: Sending; edit: Schemas['Edit'] }> => {
  const { api, path } = asked;
  const at = { id: path.subject ?? '', edit: Number(path.edit) };
  const { body: edit } = await taggedAnswerOf(api.GET('/v1/incidents/{id}/edits/{edit}', { params: { path: at } }));
  const last = edit.versions.at(-1);
  const isProposal = last?.changes.some(({ kind }) => kind === 'report_incident') ?? false;
  const incident = isProposal ? null : await incidentOf(asked, at.id);
  const decoded = (state: State): Decoded<Schemas['Proposal'] | Schemas['Submission']> =>
    incident === null ? proposalOf(state) : submissionOf(state, Number(textAt(state, 'baseRevision')), originalsOf(incident));
  const sending: Sending = {
    title: `Revise edit ${at.edit}`,
    incident,
    refs: Object.keys(edit.refs),
    draft: `edit ${at.id}/${at.edit} after version ${edit.version}`,
    sends: 'Send this version',
    above: [{ href: `/desk/edits/${at.id}/${at.edit}`, text: `Edit ${at.edit}` }],
    decoded,
    send: async (state) => {
      const header = { ...keyOf(state), 'If-Match': textAt(state, 'etag') };
      return answerOf(api.PUT('/v1/incidents/{id}/edits/{edit}', { params: { path: at, header }, body: decoded(state).body }));
    },
  };
  return { sending, edit };
};

export const editPages: readonly PageSpec[] = [
  page({ path: claimsPath, signedIn: true, handle: (asked) => started(asked, 'add_claim') }),
  page({ method: 'POST', path: claimsPath, signedIn: true, handle: async (asked) => answered(asked, await sendingOf(asked)) }),
  page({ path: changePath, signedIn: true, handle: change }),
  page({ method: 'POST', path: changePath, signedIn: true, handle: async (asked) => answered(asked, await sendingOf(asked)) }),
  page({
    path: revisePath,
    signedIn: true,
    handle: async (asked) => {
      const { sending, edit } = await revising(asked);
      const last = edit.versions.at(-1);
      const fields = encodeChanges((last?.changes ?? []) as unknown as Tree[], originalsOf(sending.incident), Object.keys(edit.refs));
      const kept: Fields = [
        ['idempotencyKey', asked.newKey()],
        ['etag', edit.etag],
        ...(sending.incident === null ? [] : [['baseRevision', String(sending.incident.revision ?? 0)] as const]),
        ['rationale', last?.rationale ?? ''],
      ];
      const state = stateOf([...kept, ...fields]);
      const ofCorrections = groupsOf(state, 'c').flatMap((group): Fields => {
        const target = textAt(state, `${group}.claim`) || textAt(state, `${group}.target`) || 'incident';
        return textAt(state, `${group}.kind`).startsWith('correct_') ? [[`${group}.of`, target]] : [];
      });
      const asks = edit.votes.filter(({ decision, lapsed }) => decision === 'request_changes' && !lapsed);
      return editPage(asked, sending, withFields(state, ofCorrections), {
        ...(asks.length > 0 && {
          above: notice(html`<p>What was asked for: ${asks.map(({ reason, by }) => html`<q>${reason}</q> (${by}) `)}</p>`),
        }),
      });
    },
  }),
  page({
    method: 'POST',
    path: revisePath,
    signedIn: true,
    handle: async (asked) => {
      const { sending, edit } = await revising(asked);
      const made = await answered(asked, sending);
      if (!('status' in made) || made.status !== 412) return made;
      // It was voted on, or has another version: who sends once more has been told.
      const state = withFields(stateOf(asked.form.fields), [['etag', edit.etag]]);
      const above = notice(
        html`<p>The edit was changed since this form was opened: ${link(`/desk/edits/${edit.of.id}/${edit.edit}`, 'look at it as it is now')}. Nothing that you wrote is lost; sent once more, it becomes the next version.</p>`,
        'warning',
      );
      return editPage(asked, sending, state, { status: 412, above });
    },
  }),
];
