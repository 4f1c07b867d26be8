import { answerOrNull } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import type { Asked } from '../../page.ts';
import { selectField } from '../../parts/form.ts';
import { link, notice } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { stretchesOf } from '../../parts/unseen.ts';
import type { SourceAtHand } from './at-hand.ts';
import { act } from './fields.ts';
import { type State, textAt } from './state.ts';

/** In UTF-16 units: how much of a text is shown at once, and how much of it again in the next part, so that no quote is cut. */
const size = 60_000;
const overlap = 2_000;

/** What nobody would see in a text, told beside it: the text itself stands as it is, so that it can be selected. */
const unseenIn = (text: string): Html | null => {
  const codes = new Map<string, number>();
  for (const stretch of stretchesOf(text))
    if ('code' in stretch)
      codes.set(`${stretch.code} ${stretch.name}`, (codes.get(`${stretch.code} ${stretch.name}`) ?? 0) + stretch.times);
  if (codes.size === 0) return null;
  return notice(
    html`<p>In this text there are characters that nobody sees: ${[...codes].map(([code, times], index) => `${index > 0 ? ', ' : ''}${code} (${times} times)`)}. They may make it read otherwise than it is.</p>`,
    'warning',
  );
};

/** The text of a source beside the form in which it is quoted. A text area that cannot be written in: its passages can be selected with mouse and keys. */
export const sourceText = async ({ api }: Asked, state: State, sources: readonly SourceAtHand[]): Promise<Html> => {
  const source = sources.find(({ id }) => id === textAt(state, 'shown')) ?? sources[0];
  if (source === undefined)
    return html`<p class="ds-paragraph">No source was chosen. ${link('/desk/contribute', 'Choose one')}, so that it can be quoted.</p>`;
  const { id, title, language } = source;
  const read = await answerOrNull(api.GET('/v1/sources/{id}/text', { params: { path: { id } } }));
  const text = read?.text ?? '';
  const parts = Math.max(1, Math.ceil((text.length - overlap) / (size - overlap)));
  const part = Math.min(Math.max(1, Number(textAt(state, 'part')) || 1), parts);
  const from = (part - 1) * (size - overlap);
  const shown = text.slice(from, from + size);
  const others =
    sources.length > 1 &&
    html`<div class="actions">${selectField({ name: 'shown', label: 'Text that is shown', value: id, choices: sources.map((one) => ({ value: one.id, text: one.title })) })}${act('show', 'Show this text', 'source')}</div>`;
  const turning =
    parts > 1 &&
    html`<p class="actions"><span>Part ${part} of ${parts}</span><input type="hidden" name="part" value="${part}">${part > 1 && act(`part:${part - 1}`, 'Earlier part', 'source')}${part < parts && act(`part:${part + 1}`, 'Later part', 'source')}</p>`;
  return html`<section id="source" class="source-beside" aria-labelledby="source-heading"><h2 class="ds-heading" data-size="sm" id="source-heading">The source: ${link(`/sources/${id}`, safeText(title))}</h2>
${others}${unseenIn(shown)}
${
  text === ''
    ? html`<p class="ds-paragraph">It has no text. Of a film, scenes can be described.</p>`
    : html`<div class="ds-field"><label class="ds-label" data-weight="medium" for="source-text">Text</label>
<div data-field="description" id="source-text-help">Select a passage and copy it into a quote.</div>
<textarea class="ds-input source-text" id="source-text" readonly rows="18" dir="auto" data-source="${id}" aria-describedby="source-text-help"${language !== null && html` lang="${language}"`}>
${shown}</textarea></div>`
}
${turning}<p role="status" id="selected"></p></section>`;
};
