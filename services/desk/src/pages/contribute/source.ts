import type { Schemas } from '@averment/client';
import { answerOf, Refused } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Onward, type Page, type PageSpec, page } from '../../page.ts';
import { draftOf } from '../../parts/draft.ts';
import { errorSummary, nothingWrong, submit, type Wrong, wrongOf } from '../../parts/form.ts';
import { link, notice } from '../../parts/list.ts';
import { decodeAll, type Tree } from './decode.ts';
import { fieldsOf } from './fields.ts';
import { described, language, translation } from './source-specs.ts';
import type { Spec } from './spec.ts';
import { type State, stateOf, textAt } from './state.ts';
import * as words from './words.ts';

const pasted: readonly Spec[] = [
  { as: 'choice', path: 'kind', label: 'What it is', choices: words.sourceKinds },
  ...described,
  language,
  translation,
  {
    as: 'area',
    path: 'text',
    label: 'Text',
    help: 'Whole and as it is, without what is not part of it, such as menus. Empty for a film without a transcript.',
  },
];
const uploaded: readonly Spec[] = [
  { as: 'choice', path: 'kind', label: 'What it is', choices: words.sourceKinds, none: 'As the document says' },
  ...described,
  { ...language, label: 'Language, where the document does not say it' },
  translation,
];

const path = '/desk/contribute/source';
const uploadPath = `${path}/upload`;
const draft = 'source';

const form = async (asked: Asked, specs: readonly Spec[], group: string, state: State, wrong: Wrong): Promise<Html> => {
  const words = await asked.vocabulary();
  const atHand = { words, incident: null, parties: [], found: [], things: [], sources: [] };
  return html`<div class="pairs">${fieldsOf({ state, wrong, atHand }, specs, group)}</div>`;
};

type Shown = { state?: State; wrong?: Wrong; status?: number; above?: Html; preview?: Html };

/** The page with both ways to register a source. `preview` stands where a document was read. */
const sourcePage = async (
  asked: Asked,
  { state = new Map(), wrong = nothingWrong, status = 200, above, preview }: Shown = {},
): Promise<Page> => {
  const started = state.size === 0;
  const pastedState = started ? stateOf([['s.language', 'en']]) : state;
  const key = textAt(state, 'idempotencyKey') || asked.newKey();
  const paste = asked.sends(
    path,
    html`${hidden('idempotencyKey', key)}${await form(asked, pasted, 's', pastedState, wrong)}${submit('Register this source')}`,
    draftOf(draft, { current: !started }),
  );
  const upload = asked.sends(
    uploadPath,
    html`${hidden('idempotencyKey', key)}<div class="ds-field"><label class="ds-label" data-weight="medium" for="f-u-file">File</label><div data-field="description" id="f-u-file-help">A page (HTML), PDF, captions (VTT), or a web archive (WARC, with the address of the page in it). It is read here, and its text is shown before anything is registered.</div><input class="ds-input" type="file" id="f-u-file" name="file" aria-describedby="f-u-file-help${wrong.has('u.file') && ' f-u-file-wrong'}" accept=".html,.htm,.xhtml,.pdf,.vtt,.warc,text/html,application/pdf,text/vtt,application/warc"${wrong.has('u.file') && html` aria-invalid="true"`}>${wrong.has('u.file') && html`<p class="ds-validation-message" id="f-u-file-wrong">${wrong.get('u.file')}</p>`}</div>${await form(asked, uploaded, 'u', state, wrong)}${submit('Read this file')}`,
    html`enctype="multipart/form-data"`,
  );
  return {
    title: preview === undefined ? 'A new source' : 'What was read of the file',
    status,
    above: [{ href: '/desk/contribute', text: 'Contribute' }],
    scripts: ['wrong', 'draft'],
    body: html`${errorSummary(wrong)}${above}${preview}
<section aria-labelledby="paste"><h2 class="ds-heading" data-size="md" id="paste">Paste a text</h2>${paste}</section>
<section aria-labelledby="upload"><h2 class="ds-heading" data-size="md" id="upload">${preview === undefined ? 'Or upload a file' : 'Or another file'}</h2>${upload}</section>`,
  };
};

const onwardTo = ({ id, resembles }: Schemas['RegisteredSource']): Onward => ({
  onward: `/desk/contribute?${new URLSearchParams([['source', id], ['draft', draft], ...resembles.map((one): [string, string] => ['resembles', one.id])])}`,
});

/** What the API refused, at its fields, with a link to what is there already. */
const refused = (asked: Asked, error: unknown, state: State, fieldAt: (pointer: string) => string | null): Promise<Page> => {
  if (!(error instanceof Refused) || error.status === 401) throw error;
  const { existing } = error.problem;
  return sourcePage(asked, {
    state,
    wrong: wrongOf(error.problem, fieldAt),
    // A query of ours that cannot be read is a form that was filled in wrongly.
    status: error.status === 400 ? 422 : error.status,
    ...(existing !== undefined && { above: isThere(existing) }),
  });
};

const isThere = (id: string): Html =>
  notice(
    html`<p>This source is registered already: ${link(`/sources/${id}`, id)}. ${link(`/desk/contribute/claims?source=${id}&incident=new`, 'Start an incident from it')}, or ${link(`/desk/contribute/incident?source=${id}`, 'add to an incident')}.</p>`,
    'warning',
  );

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'application/xhtml+xml',
  pdf: 'application/pdf',
  vtt: 'text/vtt',
  warc: 'application/warc',
};
/** What a file is: as its name ends, since browsers do not know all of these. */
const typeOf = (name: string, said: string): string => types[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? said;

/** In characters of base64: a file up to this is carried along from its preview; a larger one is chosen anew. */
const carried = 900_000;

type Document = { name: string; type: string; bytes: Buffer };
const documentOf = ({ form }: Asked): Document | null => {
  const file = form.file('file');
  if (file !== null) return { ...file, type: typeOf(file.name, file.type) };
  const bytes = form.text('carried');
  return bytes === '' ? null : { name: form.text('carriedName'), type: form.text('carriedType'), bytes: Buffer.from(bytes, 'base64') };
};

/** What of the address of an import stands in which field of the form. */
const importQuery = (state: State): Tree => {
  const { tree } = decodeAll(uploaded, state, 'u');
  const { authors, accessedAt, ...others } = tree;
  return { ...others, ...(authors !== undefined && { author: authors }), ...(accessedAt !== undefined && { retrievedAt: accessedAt }) };
};
const fieldOfQuery = (pointer: string): string | null => {
  const [, , member = ''] = pointer.split('/');
  const renamed: Record<string, string> = { author: 'authors', retrievedAt: 'accessedAt' };
  return pointer.startsWith('/query/') ? `u.${renamed[member] ?? member}` : 'u.file';
};

const previewed = (asked: Asked, read: Schemas['ImportPreview'], { name, type, bytes }: Document, state: State): Html => {
  const coded = bytes.toString('base64');
  const fits = coded.length <= carried;
  const fields = [...state]
    .filter(([field]) => field.startsWith('u.'))
    .flatMap(([field, values]) => values.map((value) => hidden(field, value)));
  const facts = [
    ['Title', read.title],
    ['Publisher', read.publisher],
    ['Authors', read.authors?.join(', ')],
    ['Published', read.publishedAt],
    ['Language', read.language],
    ['Address', read.url],
    ['Pages', read.pages?.length],
    ['Captions', read.cues?.length],
    ['Read by', read.extraction === null ? null : `${read.extraction.extractor.name} ${read.extraction.extractor.version}`],
  ] as const;
  return html`${read.existing !== null && isThere(read.existing)}
<p class="ds-paragraph">This was read of ${name}, and is registered once you say so. If something is missing, such as its language, say it below and read the file once more.</p>
<dl class="facts">${facts.map(([fact, value]) => value !== null && value !== undefined && html`<div><dt>${fact}</dt><dd>${value}</dd></div>`)}</dl>
<div class="ds-field"><label class="ds-label" data-weight="medium" for="read-text">Text that was made of it</label><textarea class="ds-input" id="read-text" rows="14" readonly dir="auto" lang="${read.language}">
${read.text.slice(0, 60_000)}</textarea>${read.text.length > 60_000 && html`<p class="ds-paragraph">The beginning of ${read.text.length} characters is shown.</p>`}</div>
${asked.sends(
  uploadPath,
  html`${hidden('idempotencyKey', textAt(state, 'idempotencyKey'))}${hidden('act', 'register')}${fields}${
    fits
      ? html`${hidden('carried', coded)}${hidden('carriedName', name)}${hidden('carriedType', type)}`
      : html`<div class="ds-field"><label class="ds-label" data-weight="medium" for="again">The same file once more</label><div data-field="description" id="again-help">It is too large to be kept in this page.</div><input class="ds-input" type="file" id="again" name="file" required aria-describedby="again-help"></div>`
  }${submit('Register what was read')}`,
  html`enctype="multipart/form-data"`,
)}`;
};

const upload = async (asked: Asked): Promise<Page | Onward> => {
  const { api, form } = asked;
  const state = stateOf(form.fields);
  const document = documentOf(asked);
  if (document === null) return sourcePage(asked, { state, wrong: new Map([['u.file', 'Choose a file.']]), status: 422 });
  const isDry = form.text('act') !== 'register';
  try {
    const body = await answerOf(
      api.POST('/v1/sources/import', {
        params: {
          query: { ...importQuery(state), dryRun: isDry },
          header: { 'Idempotency-Key': form.text('idempotencyKey') },
        },
        headers: { 'content-type': document.type },
        body: document.bytes as unknown as string,
        bodySerializer: (bytes: unknown) => bytes,
      }),
    );
    if ('position' in body) return onwardTo(body);
    return sourcePage(asked, { state, preview: previewed(asked, body, document, state) });
  } catch (error) {
    return refused(asked, error, state, fieldOfQuery);
  }
};

export const sourcePages: readonly PageSpec[] = [
  page({ path, signedIn: true, handle: (asked) => sourcePage(asked) }),
  page({
    method: 'POST',
    path,
    signedIn: true,
    handle: async (asked) => {
      const state = stateOf(asked.form.fields);
      const { tree, fieldAt } = decodeAll(pasted, state, 's');
      try {
        return onwardTo(
          await answerOf(
            asked.api.POST('/v1/sources', {
              params: { header: { 'Idempotency-Key': textAt(state, 'idempotencyKey') } },
              body: tree as unknown as Schemas['SentSource'],
            }),
          ),
        );
      } catch (error) {
        return refused(asked, error, state, fieldAt);
      }
    },
  }),
  page({ method: 'POST', path: uploadPath, signedIn: true, files: true, handle: upload }),
];
