import type { Schemas } from '@averment/client';
import { answerOrNull, Refused } from '../../answers.ts';
import { html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { draftDone } from '../../parts/draft.ts';
import { link, notice } from '../../parts/list.ts';
import { inWords } from '../../vocabulary.ts';
import { editAt, readEdit, readPreview, thingHref } from '../desk/edit/at.ts';

/** What approval would do may not be told: the edit conflicts, or is decided already. */
const unlessRefused = (error: unknown): null => {
  if (error instanceof Refused) return null;
  throw error;
};

const candidate =
  (titles: ReadonlyMap<string, string | null>) =>
  ({ incidentId, score, reasons }: Schemas['Candidate']) =>
    html`<li>${link(`/incidents/${incidentId}`, titles.get(incidentId) ?? incidentId)} (score ${score}: ${reasons.map(({ code }) => inWords(code)).join(', ')})</li>`;

/** What became of an edit that was just sent: warnings, what looks like it, and where it goes on. */
export const sentPages: readonly PageSpec[] = [
  page({
    path: '/desk/contribute/edits/:subject/:edit/sent',
    signedIn: true,
    handle: async ({ api, path, query }) => {
      const at = editAt(path);
      const { subject: id } = at;
      const [edit, preview] = await Promise.all([readEdit(api, at), readPreview(api, at).catch(unlessRefused)]);
      const likely =
        edit.baseRevision === null
          ? await answerOrNull(api.GET('/v1/incidents/{id}/candidates', { params: { path: { id }, query: { limit: 10 } } }))
          : null;
      const warnings = preview !== null && 'warnings' in preview ? preview.warnings : [];
      const candidates = likely?.items ?? [];
      const titles = new Map(
        await Promise.all(
          candidates.map(async ({ incidentId }) => {
            const found = await answerOrNull(api.GET('/v1/incidents/{id}', { params: { path: { id: incidentId } } }));
            return [incidentId, found?.title ?? null] as const;
          }),
        ),
      );
      const reused = query.getAll('reused').filter((id) => /^(source|party)_\w+$/.test(id));
      return {
        title: edit.version === 1 ? 'It was sent to review' : `Version ${edit.version} was sent to review`,
        above: [{ href: '/desk/contribute', text: 'Contribute' }],
        scripts: ['draft'],
        body: html`${draftDone(query.get('draft') ?? '')}
<p class="ds-paragraph">It waits for ${edit.approvals.needed === 1 ? 'one approval' : `${edit.approvals.needed} approvals`}. ${link(`/desk/edits/${id}/${at.edit}`, `See edit ${at.edit}`)}, ${link(`/desk/contribute/edits/${id}/${at.edit}`, 'write another version of it')}, or ${link('/desk/contribute', 'contribute something else')}.</p>
${
  warnings.length > 0 &&
  notice(
    html`<h2 class="ds-heading" data-size="xs">Look once more</h2><p>It says one thing in one place and another in the next. Nothing was refused for that.</p><ul class="ds-list">${warnings.map(({ pointer, message }) => html`<li>${message} <code>${pointer}</code></li>`)}</ul>`,
    'warning',
  )
}
${
  candidates.length > 0 &&
  notice(
    html`<h2 class="ds-heading" data-size="xs">It may be on record already</h2><p>If one of these is the same, withdraw the proposal and add to that one.</p><ul class="ds-list">${candidates.map(candidate(titles))}</ul>`,
    'warning',
  )
}
${Number(query.get('normalised')) > 0 && html`<p class="ds-paragraph">Some quotes were typed otherwise than the source has them. They are kept as the source has them.</p>`}
${reused.length > 0 && html`<p class="ds-paragraph">These were registered before and were taken as they are: ${reused.map((id) => html`${link(thingHref(id, null) ?? '/', id)} `)}</p>`}`,
      };
    },
  }),
];
