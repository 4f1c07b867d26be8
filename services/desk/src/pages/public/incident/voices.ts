import type { Schemas } from '@averment/client';
import { type Html, html } from '../../../html.ts';
import { link, scrolls } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { valueInWords } from '../../../parts/value.ts';
import { inWords } from '../../../vocabulary.ts';
import type { Told } from './told.ts';

type Comparison = Schemas['Comparison'];

/** What an aspect is about, as the header of its row. */
const aspectName = ({ aspect, aboutName }: { aspect: string; aboutName: string | null }): Html =>
  html`${inWords(aspect)}${aboutName && html` <span class="aside">of ${safeText(aboutName)}</span>`}`;

/** What of a row somebody disputes without saying something else of it. */
const disputedBy = (voice: string | null, claims: readonly string[], { incident }: Told): Html[] =>
  incident.disputes
    .filter(({ by, claim, withdrawn, retracted }) => voice !== null && by === voice && claims.includes(claim) && !withdrawn && !retracted)
    .map(({ id }) => link(`#${id}`, 'disputes it'));

/** Voices side by side: aspects as rows, voices as columns, and in a last one what is told by nobody who counts as a voice. */
export const voicesTable = ({ aspects, voices }: Comparison, told: Told): Html => {
  const columns: (string | null)[] = voices.map(({ id }) => id);
  if (aspects.some(({ cells }) => cells.some(({ voice }) => voice === null))) columns.push(null);
  const said = (id: string): Html | null => {
    const claim = told.claims.get(id);
    if (claim === undefined) return null;
    const stance = ['asserts', 'confirms'].includes(claim.stance) ? '' : `${inWords(claim.stance)}: `;
    return html`<li${told.changed.has(id) && html` data-changed="true"`}>${stance}${link(`#${id}`, html`${valueInWords(claim.value, told.nameOf)}`)} ${claim.standing !== 'standing' && standingTag(claim.standing)}</li>`;
  };
  return scrolls(
    'Voices side by side',
    html`<table class="ds-table voices" data-border><caption>Voices side by side: what each says of each thing. The links lead to the claim with its words.</caption>
<thead><tr><th scope="col">What it is about</th><th scope="col">State</th>${columns.map(
      (voice) =>
        html`<th scope="col">${voice === null ? 'Told by reporters, or by nobody who counts as a voice' : safeText(told.nameOf(voice))}</th>`,
    )}</tr></thead>
<tbody>${aspects.map(
      (row) =>
        html`<tr><th scope="row">${aspectName(row)}</th><td>${standingTag(row.state)}</td>${columns.map((voice) => {
          const claims = row.cells.filter((cell) => cell.voice === voice).flatMap((cell) => cell.claims);
          const disputed = disputedBy(
            voice,
            row.cells.flatMap((cell) => cell.claims),
            told,
          );
          return html`<td>${disputed}${claims.length === 0 ? disputed.length === 0 && html`<span class="aside">says nothing</span>` : html`<ul class="plain">${claims.map(said)}</ul>`}</td>`;
        })}</tr>`,
    )}</tbody></table>`,
  );
};
