import { answerOf } from '../../../answers.ts';
import { dataBlock, html } from '../../../html.ts';
import { type Asked, type PageSpec, page } from '../../../page.ts';
import { instant } from '../../../parts/dates.ts';
import { link, notice } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { citeSection } from './cite.ts';
import { linkedData } from './linked-data.ts';
import { recordBody } from './record.ts';
import { stepsOf, timeline } from './steps.ts';
import { type Incident, orWithheld, toldOf } from './told.ts';

/** Which of the record's moments is asked for, as the API takes it; the present for none. */
const momentOf = (query: URLSearchParams): { asOfRevision?: number; asOf?: string } => {
  const revision = query.get('revision') ?? '';
  const asOf = query.get('asOf') ?? '';
  return /^\d{1,9}$/.test(revision) ? { asOfRevision: Number(revision) } : asOf === '' ? {} : { asOf };
};

export const above = [{ href: '/incidents', text: 'Incidents' }];

/** The source that is quoted most probably next: the one that came last. */
const quoted = ({ sources }: Incident): string => (sources.length === 0 ? '' : `&source=${sources.at(-1)?.id}`);

const incidentPage = async ({ api, path: { id = '' }, query, vocabulary, origin, me }: Asked) => {
  const moment = momentOf(query);
  const about = { params: { path: { id }, query: moment } };
  const [incident, comparison, steps, words] = await Promise.all([
    answerOf(api.GET('/v1/incidents/{id}', about)),
    answerOf(api.GET('/v1/incidents/{id}/comparison', about)),
    stepsOf(api, id),
    vocabulary(),
  ]);
  const title = orWithheld(incident.title);
  const address = `${origin}/incidents/${id}`;
  const isPast = Object.keys(moment).length > 0;
  const told = toldOf(incident, { mayPropose: !isPast && ['contributor', 'reviewer'].includes(me?.role ?? '') });
  const { claims, disputes, rulings, corrections } = incident;
  const upTo = steps.filter(({ revision }) => revision <= (incident.revision ?? 0));
  return {
    title,
    heading: html`<h1 class="ds-heading" data-size="lg">${safeText(title)}</h1>`,
    description: `${claims.length} claims, ${disputes.length} disputes, ${rulings.length} rulings and ${corrections.length} corrections, each with its source.`,
    above,
    head: html`<link rel="alternate" type="application/json" href="/v1/incidents/${id}">${dataBlock('application/ld+json', linkedData(told, address))}`,
    body: html`${
      isPast &&
      notice(
        html`<p><strong>This is the record as it stood</strong> at revision ${incident.revision}${incident.recordedAt && html`, of ${instant(incident.recordedAt)}`}. ${link(`/incidents/${id}`, 'What it says today')}</p>`,
        'warning',
      )
    }
<nav class="on-page no-print" aria-label="About this record"><ul>
<li>${link(`/incidents/${id}/past`, 'Its past, step by step')}</li><li>${link(`/incidents/${id}/diff`, 'What changed between two days')}</li><li>${link(`/incidents/${id}/history`, 'All events')}</li><li>${link('#cite', 'How to cite')}</li><li>${link(`/tips/new?about=${id}`, 'Tell of an error')}</li>${told.mayPropose && html`<li>${link(`/desk/contribute/claims?incident=${id}${quoted(incident)}`, 'Add claims')}</li><li>${link(`/desk/contribute/change?incident=${id}&kind=record_ruling${quoted(incident)}`, 'Record a ruling')}</li>`}</ul></nav>
${recordBody(told, comparison, words)}
<section aria-labelledby="changes"><h2 class="ds-heading" data-size="md" id="changes">How this record came to be</h2>${timeline(id, upTo)}</section>
${citeSection(incident, origin)}`,
  };
};

export const incidentPages: readonly PageSpec[] = [page({ path: '/incidents/:id', handle: incidentPage })];
