import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import type { Asked, Page } from '../../page.ts';
import { draftOf } from '../../parts/draft.ts';
import { errorSummary, nothingWrong, selectField, submit, textArea, textField, type Wrong } from '../../parts/form.ts';
import { type AtHand, atHandOf } from './at-hand.ts';
import { encode } from './encode.ts';
import { act, fieldsOf } from './fields.ts';
import { incidentSpecs, isKind, type Kind, kinds, partySpecs, settable } from './kinds.ts';
import { sourceText } from './source-text.ts';
import { flat, labelIn } from './spec.ts';
import { groupsOf, nextGroup, type State, textAt, withFields, without } from './state.ts';
import type { Subject } from './subject.ts';

/** An edit that is being written. */
export type Writing = {
  title: string;
  subject: Subject;
  /** Refs that earlier versions of the edit gave. */
  refs?: readonly string[];
  /** Under which name its draft is kept. */
  draft: string;
  /** What the button says that sends it. */
  sends: string;
  above?: Page['above'];
};

/** The state after a button was pressed that changes the form: `add`, `remove:c2`, `more:c1.citations.1.quote.exact`, `party`, `part:2`. */
export const acted = (state: State, does: string, { subject, refs }: Pick<Writing, 'subject' | 'refs'>): State => {
  const [verb, rest = ''] = does.split(/:(.*)/s);
  const after = (): State => {
    switch (verb) {
      case 'add': {
        const group = nextGroup(state, 'c', refs);
        return withFields(state, [[`${group}.kind`, textAt(state, 'kind') || 'add_claim']]);
      }
      case 'party':
        return withFields(state, [[`${nextGroup(state, 'p', refs)}.name`, '']]);
      case 'remove':
        return without(state, rest);
      case 'more':
        return withFields(state, [[rest, '']]);
      case 'part':
        return withFields(state, [['part', rest]]);
      default:
        return state;
    }
  };
  return filled(after(), subject);
};

/** Fills the form of a correction with what is on record of its target, once that is chosen, and anew when another one is. */
const filled = (state: State, { id, originals }: Subject): State =>
  groupsOf(state, 'c').reduce((before, group) => {
    const kind = textAt(before, `${group}.kind`);
    const set = isKind(kind) ? flat(kinds[kind].specs).find((spec) => spec.as === 'set') : undefined;
    if (set === undefined) return before;
    const target = set.target === null ? null : textAt(before, `${group}.${set.target}`);
    const of = target ?? id;
    if (of === '' || textAt(before, `${group}.of`) === of) return before;
    const fields = encode(settable(set, target), originals(target) ?? {}, `${group}.set`, originals);
    return withFields(without(before, `${group}.set`), [[`${group}.of`, of], ...fields]);
  }, state);

const changes = (state: State, wrong: Wrong, atHand: AtHand): Html[] =>
  groupsOf(state, 'c').map((group, index) => {
    const kind = textAt(state, `${group}.kind`);
    const kept = ['kind', 'id', 'ref', 'of', 'json'].map(
      (member) => textAt(state, `${group}.${member}`) !== '' && hidden(`${group}.${member}`, textAt(state, `${group}.${member}`)),
    );
    const name = isKind(kind) ? kinds[kind].label : 'Change without a form';
    const inside = isKind(kind)
      ? fieldsOf({ state, wrong, atHand }, kinds[kind].specs, group)
      : html`<pre class="as-written">${textAt(state, `${group}.json`)}</pre>`;
    const own = wrong.get(`${group}.kind`);
    return html`<fieldset class="ds-fieldset change" id="${group}" tabindex="-1"><legend class="ds-heading" data-size="xs">${index + 1}. ${name}</legend>${kept}${
      own !== undefined && html`<p class="ds-validation-message" id="f-${group}-kind">${own}</p>`
    }${inside}${act(`remove:${group}`, `Take away ${index + 1}. ${name}`)}</fieldset>`;
  });

const parties = (state: State, wrong: Wrong, atHand: AtHand, mayBring: boolean): Html => {
  const q = textAt(state, 'q');
  const found = atHand.found.map(({ text }) => html`<li>${text}</li>`);
  return html`<section aria-labelledby="parties-heading" id="people"><h2 class="ds-heading" data-size="sm" id="parties-heading">People and bodies</h2>
<p class="ds-paragraph">Look up who is spoken of: whoever is found can be chosen below as speaker and in the other fields.${mayBring && ' Who is not on record yet comes with this edit.'}</p>
<div class="actions">${textField({ name: 'q', label: 'Look up by name', value: q, type: 'search' })}${act('show', 'Look up', 'people')}</div>
${q !== '' && html`<p class="ds-paragraph" role="status">${found.length === 0 ? `Nobody of the name “${q}” is on record.` : 'Found, and in the lists below:'}</p><ul class="ds-list">${found}</ul>`}
${groupsOf(state, 'p').map(
  (group) =>
    html`<fieldset class="ds-fieldset change" id="${group}" tabindex="-1"><legend class="ds-heading" data-size="xs">New: ${textAt(state, `${group}.name`) || group}</legend>${fieldsOf({ state, wrong, atHand }, partySpecs, group)}${act(`remove:${group}`, `Take away ${textAt(state, `${group}.name`) || group}`, 'people')}</fieldset>`,
)}
${mayBring && act('party', 'Add somebody new', 'people')}</section>`;
};

/** How the summary of what is wrong names a field: the change that it is in, and its label. */
const labelsOf =
  (state: State) =>
  (name: string): string | null => {
    const [group = '', ...rest] = name.split('.');
    const path = rest.join('.');
    if (group === 'incident') return labelIn(incidentSpecs, path);
    if (group.startsWith('p')) return labelIn(partySpecs, path);
    const kind = textAt(state, `${group}.kind`);
    const label = isKind(kind) ? labelIn(kinds[kind].specs, path) : null;
    return label === null ? null : `${groupsOf(state, 'c').indexOf(group) + 1}. ${label}`;
  };

/** Kinds of change that a proposal may have are few: what it says is not on record yet. */
const addable = (subject: Subject['of']) =>
  (Object.entries(kinds) as [Kind, (typeof kinds)[Kind]][])
    .filter(([, { list, of = 'incident' }]) => (subject === 'new' ? list !== undefined : of === subject))
    .map(([value, { label }]) => ({ value, text: label }));

/** The page of an edit that is being written: its form beside the text that it quotes. */
export const editPage = async (
  asked: Asked,
  writing: Writing,
  state: State,
  { wrong = nothingWrong, status = 200, above }: { wrong?: Wrong; status?: number; above?: Html } = {},
): Promise<Page> => {
  const { subject, title, draft, sends } = writing;
  const isProposal = subject.of === 'new';
  const atHand = await atHandOf(asked, state, subject.incident, subject.of === 'source' ? [subject.id] : []);
  const text = await sourceText(asked, state, atHand.sources);
  const kept = ['idempotencyKey', 'baseRevision', 'etag'].map((name) => hidden(name, textAt(state, name)));
  const posted = state.has('act');
  const form = html`${kept}<div class="beside">${text}<div class="stack">
${parties(state, wrong, atHand, isProposal || subject.of === 'incident')}
${isProposal && html`<section aria-labelledby="incident-heading"><h2 class="ds-heading" data-size="sm" id="incident-heading">The incident</h2><div class="pairs">${fieldsOf({ state, wrong, atHand }, incidentSpecs, 'incident')}</div></section>`}
<section aria-labelledby="changes-heading"><h2 class="ds-heading" data-size="sm" id="changes-heading">${isProposal ? 'What is said of it' : 'Changes'}</h2>
${changes(state, wrong, atHand)}
<div class="actions">${selectField({ name: 'kind', label: 'Add a further change', value: textAt(state, 'kind'), choices: addable(subject.of) })}${act('add', 'Add', nextGroup(state, 'c', writing.refs))}</div></section>
<section aria-labelledby="sending-heading"><h2 class="ds-heading" data-size="sm" id="sending-heading">Why, and off to review</h2>
${textArea({ name: 'rationale', label: 'Rationale', help: 'Why this should be on record, for those who review it.', value: textAt(state, 'rationale'), rows: 3, wrong })}
${submit(sends, { name: 'act', value: 'submit' })}</section></div></div>`;
  return {
    title,
    status,
    above: [{ href: '/desk/contribute', text: 'Contribute' }, ...(writing.above ?? [])],
    scripts: ['wrong', 'draft', 'select', 'redraw'],
    body: html`${errorSummary(wrong, (name) => (name === 'rationale' ? 'Rationale' : labelsOf(state)(name)))}${above}${asked.sends(asked.here, form, draftOf(draft, { redraws: true, current: posted }))}`,
  };
};
