import { type Html, html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { link } from '../../parts/list.ts';

const part = (id: string, title: string, inside: Html): Html =>
  html`<section id="${id}"><h2 class="ds-heading" data-size="md">${title}</h2>${inside}</section>`;

const body = (
  origin: string,
): Html => html`<p class="ds-paragraph" data-size="lg">When an officer fires at a car, the agency says one thing and a witness another; weeks later a judge dismisses the charge and a newspaper corrects its story. This record keeps all of that, side by side, with the day on which each was said.</p>
${part(
  'is',
  'What it is, and is not',
  html`<ul class="ds-list"><li>It is a record of who claimed what, in which document, who disputed it, what a court found, and what was corrected.</li>
<li>It is not a list of facts. It never says which account is true: an account that nobody contests is still an account.</li>
<li>It rates nobody. There is no score of how often somebody was right.</li>
<li>It accuses nobody. What discredits a person is always told as what somebody said of them, with who said it first.</li></ul>`,
)}
${part(
  'claims',
  'Claims, voices and states',
  html`<p class="ds-paragraph">A <strong>claim</strong> is one assertion about one <strong>aspect</strong> of an incident, by a <strong>speaker</strong>, quoted from a registered <strong>source</strong>. A <strong>voice</strong> is who stands behind it: an agency and its department are one voice, and a newspaper that repeats a claim adds none.</p>
<p class="ds-paragraph">Each aspect has a <strong>state</strong> that follows from its claims by fixed rules: a single account, agreed by two voices, disputed, inconsistent, or decided by a court. Nobody sets it by hand.</p>`,
)}
${part(
  'standing',
  'How a claim stands',
  html`<p class="ds-paragraph">“On record” means that it was said and is quoted, never that it is true. Beyond that a claim may carry marks:</p>
<dl class="facts"><div><dt>retracted</dt><dd>the record withdrew it; it stays readable, with the reason</dd></div>
<div><dt>contradicted, upheld, not established, moot</dt><dd>a ruling in force decided so; the page names the court, the day, and whether an appeal is open</dd></div>
<div><dt>superseded</dt><dd>its speaker gave another account since, or took it back</dd></div>
<div><dt>deprecated</dt><dd>the editors rank it below others, and say why</dd></div>
<div><dt>disputed</dt><dd>somebody contests it, or courts differ</dd></div>
<div><dt>corrected</dt><dd>the record had it wrong, and set it anew; what it said before stays in its past</dd></div></dl>`,
)}
${part(
  'review',
  'Review',
  html`<p class="ds-paragraph">Nothing enters without review. An edit is decided by people who did not write it; rulings, retractions, private people and some accusations take two of them. Every version, vote, comment and reason is kept. Who is recused from a party or an incident decides nothing there.</p>`,
)}
${part(
  'past',
  'The past',
  html`<p class="ds-paragraph">Nothing is overwritten. Each incident can be read as it stood on any day, any two days can be compared, and each field says which edits made it.</p>`,
)}
${part(
  'erased',
  'What is erased or kept from sight',
  html`<p class="ds-paragraph">Texts that harm somebody, or that may not be kept, are erased or kept from sight once a reviewer and an admin have approved it. That it was done stays readable: on the page of the incident, and in the list of ${link('/takedowns', 'takedowns')}. Names of private people are not told to the public, and quotations are cut where they would.</p>`,
)}
${part(
  'cite',
  'How to cite',
  html`<p class="ds-paragraph">Cite the address of the page, with the revision that it names: the record will grow, and that address goes on showing what you read. Each claim has an address of its own within its incident’s. Say whose claim it is: “according to …, as recorded by Averment”.</p>
<p class="ds-paragraph">Everything on these pages can be read by programs: ${link('/docs', 'the API')}, ${link(`${origin}/v1/incidents`, 'incidents as JSON')}, and all of it as files: incidents as ${link('/v1/export/incidents.csv', 'CSV')}, ${link('/v1/export/incidents.ndjson', 'JSON, a line each')}, ${link('/v1/export/incidents.geojson', 'GeoJSON')} or ${link('/v1/export/incidents.parquet', 'Parquet')}, claims as ${link('/v1/export/claims.csv', 'CSV')}. Whoever quoted from here follows the ${link('/corrections', 'corrections')}.</p>`,
)}
${part(
  'proof',
  'Proof',
  html`<p class="ds-paragraph">Everything that was recorded has a leaf in a public ledger, of which anybody can keep a ${link('/log/checkpoint', 'signed checkpoint')}. Whoever kept one can show later whether history was only ever added to, with tools that are not ours.</p>`,
)}
${part(
  'errors',
  'Something is wrong?',
  html`<p class="ds-paragraph">${link('/tips/new', 'Say what')}: you need no key, and learn what became of it. If it is about you and must not be read, say so there too.</p>`,
)}`;

export const aboutPages: readonly PageSpec[] = [
  page({
    path: '/about',
    handle: async ({ origin }) => ({
      title: 'What this record is',
      description:
        'What this record is and is not, how claims, standing, disputes and review work, how to cite it, and how to report an error.',
      body: body(origin),
    }),
  }),
];
