import { answerOf, Refused } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Onward, type Page, type PageSpec, page } from '../../page.ts';
import { wrongOf } from '../../parts/form.ts';
import { link, notice } from '../../parts/list.ts';
import { type Edit, editAt, readEdit, thingHref } from '../desk/edit/at.ts';
import { type Decoded, type Edited, proposalOf, submissionOf, type Tree } from './decode.ts';
import { acted, editPage, type Writing } from './edit-form.ts';
import { encodeChanges } from './encode.ts';
import { isKind, kinds } from './kinds.ts';
import { type Fields, groupsOf, type State, stateOf, textAt, withFields } from './state.ts';
import { proposed, subjectOf } from './subject.ts';

type Sent = { of: { id: string }; edit: number; normalised: readonly string[]; reused: readonly { id: string }[] };

/** What is written, with how it is sent. */
type Sending = Writing & {
  send(state: State): Promise<Sent>;
  decoded(state: State): Decoded<unknown>;
};

const keyOf = (state: State) => ({ 'Idempotency-Key': textAt(state, 'idempotencyKey') });
const revisionOf = (state: State) => Number(textAt(state, 'baseRevision'));

const creating = ({ api, query }: Asked): Sending => ({
  title: 'Propose an incident',
  subject: proposed,
  draft: `new incident ${query.get('source') ?? ''}`,
  sends: 'Propose this incident',
  decoded: proposalOf,
  send: (state) => answerOf(api.POST('/v1/incidents', { params: { header: keyOf(state) }, body: proposalOf(state).body })),
});

const changing = async (asked: Asked, id: string): Promise<Sending> => {
  const { api, query } = asked;
  const subject = await subjectOf(asked, id);
  const { room } = editAt({ subject: id, edit: '1' });
  const decoded = (state: State) => submissionOf(state, revisionOf(state), subject.originals);
  return {
    title: `Change: ${subject.title}`,
    subject,
    draft: ['edit of', id, ...['kind', 'claim', 'source'].map((name) => query.get(name) ?? '')].join(' ').trim(),
    sends: 'Send this to review',
    above: [{ href: `/${room}/${id}`, text: subject.title }],
    decoded,
    send: (state) =>
      answerOf(api.POST(`/v1/${room}/{id}/edits`, { params: { path: { id }, header: keyOf(state) }, body: decoded(state).body })),
  };
};

const sendingOf = (asked: Asked): Promise<Sending> | Sending => {
  const id = asked.query.get('of') ?? asked.query.get('incident') ?? 'new';
  return id === 'new' ? creating(asked) : changing(asked, id);
};

const based = ({ of, revision }: Sending['subject']): Fields => (of === 'new' ? [] : [['baseRevision', String(revision)]]);

/** What is beside a refusal: what is there already, and what came between. */
const beside = ({ problem }: Refused): Html | undefined => {
  const { existing, events } = problem;
  if (existing !== undefined)
    return notice(html`<p>It is there already: ${link(thingHref(existing, null) ?? '/incidents', existing)}.</p>`, 'warning');
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

const started = async (asked: Asked, kind: string | null, further: Fields = []): Promise<Page> => {
  const sending = await sendingOf(asked);
  const first: Fields = kind === null ? [] : [['c1.kind', kind]];
  const state = stateOf([['idempotencyKey', asked.newKey()], ...based(sending.subject), ...first, ...further]);
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

const revising = async (asked: Asked): Promise<{ sending: Sending; edit: Edit }> => {
  const { api, path } = asked;
  const at = editAt(path);
  const edit = await readEdit(api, at);
  const last = edit.versions.at(-1);
  const subject = last?.changes.some(({ kind }) => kind === 'report_incident') ? proposed : await subjectOf(asked, at.subject);
  const decoded = (state: State): Decoded<Edited> =>
    subject.of === 'new' ? proposalOf(state) : submissionOf(state, revisionOf(state), subject.originals);
  const sending: Sending = {
    title: `Revise edit ${at.edit}`,
    subject,
    refs: Object.keys(edit.refs),
    draft: `edit ${at.subject}/${at.edit} after version ${edit.version}`,
    sends: 'Send this version',
    above: [{ href: `/desk/edits/${at.subject}/${at.edit}`, text: `Edit ${at.edit}` }],
    decoded,
    send: (state) => {
      const header = { ...keyOf(state), 'If-Match': textAt(state, 'etag') };
      const params = { path: { id: at.subject, edit: at.edit }, header };
      return answerOf(api.PUT(`/v1/${at.room}/{id}/edits/{edit}`, { params, body: decoded(state).body }));
    },
  };
  return { sending, edit };
};

/** The form of an edit's next version: its current one. Each correction says of what its fields were filled. */
const nextVersion = (asked: Asked, { subject }: Sending, edit: Edit): State => {
  const last = edit.versions.at(-1);
  const fields = encodeChanges((last?.changes ?? []) as unknown as Tree[], subject.originals, Object.keys(edit.refs));
  const kept: Fields = [
    ['idempotencyKey', asked.newKey()],
    ['etag', edit.etag],
    ['rationale', last?.rationale ?? ''],
  ];
  const state = stateOf([...kept, ...based(subject), ...fields]);
  const filled = groupsOf(state, 'c').flatMap((group): Fields => {
    const target = textAt(state, `${group}.claim`) || textAt(state, `${group}.target`) || subject.id;
    return textAt(state, `${group}.kind`).startsWith('correct_') ? [[`${group}.of`, target]] : [];
  });
  return withFields(state, filled);
};

const claimsPath = '/desk/contribute/claims';
const changePath = '/desk/contribute/change';
const revisePath = '/desk/contribute/edits/:subject/:edit';

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
      const asks = edit.votes.filter(({ decision, lapsed }) => decision === 'request_changes' && !lapsed);
      return editPage(asked, sending, nextVersion(asked, sending, edit), {
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
