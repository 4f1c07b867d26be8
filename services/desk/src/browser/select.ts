// A passage that is selected in the text of a source is filled into a quote: with the mouse or with the keys, as soon as the selection is made.

const text = document.querySelector<HTMLTextAreaElement>('#source-text');
const status = document.querySelector('#selected');
const quotes = () => [...document.querySelectorAll<HTMLTextAreaElement>('textarea[name$=".quote.exact"]')];

/** The quote that a passage goes to: the one that was used last, if it is still there, else the first that is empty. */
let last: string | null = null;
/** What was filled in here may be replaced by the next selection; what somebody wrote may not. */
const filled = new Map<string, string>();

const target = (): HTMLTextAreaElement | undefined => {
  const all = quotes();
  const open = (quote: HTMLTextAreaElement) => quote.value === '' || filled.get(quote.name) === quote.value;
  const used = all.find(({ name }) => name === last);
  return used !== undefined && open(used) ? used : (all.find(({ value }) => value === '') ?? all.filter(open).at(-1));
};

const mark = (): void => {
  for (const marked of document.querySelectorAll('[data-quoting]')) marked.removeAttribute('data-quoting');
  target()?.closest('.ds-field')?.setAttribute('data-quoting', '');
};

const set = (quote: HTMLTextAreaElement, ending: string, value: string): void => {
  const field = document.querySelector<HTMLInputElement>(`[name="${quote.name.replace(/exact$/, ending)}"]`);
  if (field !== null) field.value = value;
};

/** Fills in the passage, and where the same words stand in the text more than once also what is beside it. */
const quoteIt = (): void => {
  if (text === null || status === null) return;
  const { value, selectionStart, selectionEnd } = text;
  const passage = value.slice(selectionStart, selectionEnd).trim();
  if (passage === '') return;
  const quote = target();
  if (quote === undefined) {
    status.textContent = 'Every quote is written already: add another quotation, or empty one.';
    return;
  }
  const from = value.indexOf(passage, selectionStart);
  const again = value.indexOf(passage) !== value.lastIndexOf(passage);
  quote.value = passage;
  filled.set(quote.name, passage);
  last = quote.name;
  set(quote, 'prefix', again ? value.slice(Math.max(0, from - 40), from).trim() : '');
  set(quote, 'suffix', again ? value.slice(from + passage.length, from + passage.length + 40).trim() : '');
  const source = document.querySelector<HTMLSelectElement>(`[name="${quote.name.replace('quote.exact', 'source')}"]`);
  const option = [...(source?.options ?? [])].find((one) => one.value.startsWith(`${text.dataset.source}@`));
  if (source !== null && option !== undefined) source.value = option.value;
  quote.dispatchEvent(new Event('input', { bubbles: true }));
  const legend = quote.closest('.change')?.querySelector('legend')?.textContent ?? '';
  status.textContent = `Quoted in ${legend}: “${passage.length > 80 ? `${passage.slice(0, 78)} …` : passage}”`;
  mark();
};

if (text !== null) {
  // A text area that is only read has no cursor to select with by keys; this one has, and takes no change.
  text.readOnly = false;
  text.setAttribute('aria-readonly', 'true');
  text.inputMode = 'none';
  text.addEventListener('beforeinput', (event) => event.preventDefault());
  const help = document.querySelector('#source-text-help');
  if (help !== null)
    help.textContent =
      'Select a passage, with the mouse or with Shift and the arrow keys: it is filled into the quote that is marked. Go into another quote to mark that one.';
  document.addEventListener('focusin', ({ target: focused }) => {
    if (focused instanceof HTMLTextAreaElement && focused.name.endsWith('.quote.exact')) {
      last = focused.name;
      mark();
    }
  });
  text.addEventListener('keyup', ({ key }) => key === 'Shift' && quoteIt());
  text.addEventListener('pointerdown', () => document.addEventListener('pointerup', () => setTimeout(quoteIt), { once: true }));
  mark();
}
