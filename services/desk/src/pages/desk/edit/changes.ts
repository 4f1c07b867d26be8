import { type Html, html } from '../../../html.ts';
import { wordDiff } from '../../../parts/diff.ts';
import { notice, table } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import type { Change } from './at.ts';
import { fieldsOf, inField, labelOf } from './fields.ts';
import type { Known } from './known.ts';
import { quotes } from './quotes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are told elsewhere: the kind in the heading, citations beneath, what is set in the table of before and after. */
const toldElsewhere = ['kind', 'id', 'ref', 'citations', 'set', 'claim', 'target', 'concealed'];

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What a change is, in a few words. */
export const changeTitle = (change: Change): string =>
  change.kind === 'add_claim' ? `Add claim: ${inWords(change.claim.aspect)}` : capital(inWords(change.kind));

const textual = (before: unknown, after: unknown): [string, string] | null =>
  typeof before === 'string' && typeof after === 'string' && /\s/.test(`${before}${after}`) ? [before, after] : null;

/** What is set anew: each field as it is beside what it would be, with the words that differ marked. */
const setAnew = (set: Fields, target: Fields | undefined, known: Known): Html => {
  const lang = typeof target?.lang === 'string' ? target.lang : null;
  return table(
    'Before and after',
    ['What', 'Before', 'After'],
    Object.entries(set).map(([name, after]) => {
      const before = target?.[name];
      const texts = textual(before, after);
      return [
        labelOf(name),
        target === undefined ? 'not known' : inField(name, before, known),
        texts === null ? inField(name, after, known) : wordDiff(...texts, lang),
      ];
    }),
  );
};

/** A claim in words: what it says as a sentence, and field by field. */
const claimInWords = (claim: Fields & { id: string }, known: Known): Html => {
  const entered = known.after.get(claim.id) ?? known.before.get(claim.id);
  const { statement, lang } = claim;
  return html`${typeof statement === 'string' && html`<p class="said"${typeof lang === 'string' && html` lang="${lang}"`}>${safeText(statement)}</p>`}
${typeof entered?.attributed === 'string' && html`<p class="ds-paragraph">${safeText(entered.attributed)}</p>`}
${fieldsOf(claim, known, ['id', 'ref', 'citations', 'statement', 'concealed', 'lang'])}`;
};

/** What of the record a change is about, as it is now. */
const concerned = (id: string, known: Known): Html => {
  const thing = known.before.get(id);
  const { standing, statement } = thing ?? {};
  return html`<p class="ds-paragraph"><strong>It is about:</strong> ${known.thing(id)}${typeof standing === 'string' && html` ${standingTag(standing)}`}</p>${
    typeof statement === 'string' && html`<p class="ds-paragraph">${safeText(statement)}</p>`
  }`;
};

const targetOf = (change: Change): string | null => {
  if ('target' in change) return change.target;
  if ('claim' in change && typeof change.claim === 'string') return change.claim;
  return null;
};

const body = (change: Change, known: Known): Html => {
  if (change.kind === 'add_claim') return html`${claimInWords(change.claim, known)}${quotes(change.claim.citations, known)}`;
  const target = targetOf(change);
  const text =
    change.kind === 'revise_text' &&
    html`<p class="ds-paragraph">The whole new text:</p><div class="as-written new-text" tabindex="0" role="region" aria-label="The new text">${change.text === null ? 'erased' : safeText(change.text)}</div>`;
  const set = 'set' in change && setAnew(change.set, known.before.get(target ?? known.subject), known);
  const told = 'text' in change ? [...toldElsewhere, 'text'] : toldElsewhere;
  return html`${target !== null && concerned(target, known)}${set}${text}${fieldsOf(change, known, told)}${'citations' in change && quotes(change.citations, known)}`;
};

/** One change of an edit, as its reviewer reads it. `beneath` is what is said on it. */
export const changeShown = (
  change: Change,
  index: number,
  known: Known,
  { warnings, beneath }: { warnings: readonly string[]; beneath: Html },
): Html =>
  html`<article class="proposed" id="change-${index}" aria-labelledby="change-${index}-title"><h3 class="ds-heading" data-size="sm" id="change-${index}-title">${index + 1}. ${changeTitle(change)}</h3>
${warnings.length > 0 && notice(html`<ul class="ds-list">${warnings.map((message) => html`<li>${safeText(message)}</li>`)}</ul>`, 'warning')}
${body(change, known)}${beneath}</article>`;
