import type { Erratum } from './documents/erratum.ts';
import type { CorrectionDocument, IncidentDocument, RulingDocument } from './documents.ts';
import { isEmptied } from './erased.ts';

/** What whoever quoted from the record has to know: what was corrected, withdrawn, contradicted by a court, erased, or kept from sight. */

const common = { claims: [], changes: [], reason: null, replacedBy: null, applied: true, places: 0, revision: null };

type Said = Pick<Erratum, 'id' | 'kind' | 'target' | 'recordedAt'> & Partial<Erratum>;
/** An erratum with what it does not say, its members in their order. */
const told = ({ id: incidentId, title: incidentTitle }: IncidentDocument, { id, kind, target, ...said }: Said): Erratum => ({
  ...{ id, kind, incidentId, incidentTitle, target },
  ...common,
  updatedAt: said.recordedAt,
  gone: null,
  ...said,
});
/** The part of an id behind its prefix, or the digits of a time: what ids of errata are made of. */
const short = (text: string): string =>
  text
    .slice(text.lastIndexOf('_') + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
const latest = (times: readonly string[]): string | null => times.toSorted().at(-1) ?? null;

type Withdrawable = { id: string; retraction: IncidentDocument['retraction'] };

const retractionsIn = (document: IncidentDocument): Erratum[] => {
  const { claims, disputes, proceedings, rulings } = document;
  const claimsOf = new Map([...claims.map(({ id }) => [id, [id]] as const), ...disputes.map(({ id, claim }) => [id, [claim]] as const)]);
  return ([document, ...claims, ...disputes, ...proceedings, ...rulings] as readonly Withdrawable[]).flatMap(({ id, retraction }) => {
    if (retraction === null || retraction.incidentId !== document.id) return [];
    const { reason, replacedBy, revision, recordedAt } = retraction;
    const said = { reason, replacedBy, revision, recordedAt, claims: [...(claimsOf.get(id) ?? [])] };
    return [told(document, { id: `${id}_retracted_${revision}`, kind: 'retraction', target: id, ...said })];
  });
};

const contradicts = ({ claim, effect }: RulingDocument['effects'][number]): boolean => claim !== null && effect === 'contradicts';

const rulingsIn = (document: IncidentDocument, recordedOf: (ruling: string) => string): Erratum[] =>
  document.rulings
    .filter(({ incidentId, effects }) => incidentId === document.id && effects.some(contradicts))
    .map(({ id, effects, summary, addedAtRevision }) =>
      told(document, {
        ...{ id, kind: 'ruling', target: id },
        claims: effects.filter(contradicts).flatMap(({ claim }) => (claim === null ? [] : [claim])),
        reason: summary,
        applied: effects.some((effect) => contradicts(effect) && effect.applied),
        revision: addedAtRevision,
        recordedAt: recordedOf(id),
      }),
    );

/** Whether nothing is left of what a correction said, since it was erased. */
const saysNothing = ({ reason, changes }: CorrectionDocument): boolean =>
  reason === null && changes.every(({ from, to }) => from === null && to === null);

const correctionsIn = (document: IncidentDocument): Erratum[] => {
  const disputed = new Map(document.disputes.map(({ id, claim }) => [id, claim]));
  return document.corrections.flatMap((correction, index) => {
    const { id, incidentId, target, changes, reason, revision, recordedAt } = correction;
    if (incidentId !== document.id) return [];
    const at = `/corrections/${index}/`;
    const erased = (document.erased ?? []).filter(({ pointer }) => `${pointer}/`.startsWith(at)).map(({ on }) => on);
    const claim = target.startsWith('claim_') ? target : disputed.get(target);
    const said = { target, changes, reason, revision, recordedAt, claims: claim === undefined ? [] : [claim] };
    const gone = erased.length > 0 && saysNothing(correction) ? latest(erased) : null;
    return [told(document, { id, kind: 'correction', ...said, updatedAt: latest([recordedAt, ...erased]) ?? recordedAt, gone })];
  });
};

const takedownsIn = (document: IncidentDocument): Erratum[] => {
  const { id, claims, erased = [], restricted = [] } = document;
  const decisions = Map.groupBy(erased, ({ decision, on }) => decision ?? on);
  const erasures = [...decisions].map(([decision, places]) => {
    const recordedAt = latest(places.map(({ on }) => on)) ?? '';
    const touched = places.flatMap(({ pointer }) => claims[Number(/^\/claims\/(\d+)/.exec(pointer)?.[1] ?? -1)]?.id ?? []);
    const said = { claims: [...new Set(touched)], places: places.length, recordedAt };
    return told(document, { id: `erased_${short(id)}_${short(decision)}`, kind: 'erasure', target: id, ...said });
  });
  const restrictions = restricted.map(({ decision, on }) =>
    told(document, { id: `restricted_${short(id)}_${short(decision)}`, kind: 'restriction', target: id, recordedAt: on }),
  );
  return [...erasures, ...restrictions];
};

/** Of what is wholly erased or withheld only that it is gone is told. */
const withdrawn = (erratum: Erratum, on: string): Erratum => ({
  ...erratum,
  ...common,
  places: erratum.places,
  incidentTitle: null,
  gone: on,
});

/**
 * The errata of a published incident, as they stand in a document of it: of one for the public they have what the public reads. Each is told by the incident in
 * whose events it stands, also where another one shows it. `recordedOf`: when a ruling was recorded.
 */
export const errataIn = (document: IncidentDocument, recordedOf: (ruling: string) => string): Erratum[] => {
  if (document.revision === null) return [];
  const said = [...correctionsIn(document), ...retractionsIn(document), ...rulingsIn(document, recordedOf)];
  const { erased = [], restricted = [] } = document;
  const on = isEmptied(document) ? latest([...erased, ...restricted].map((one) => one.on)) : null;
  const shown = said.map((one) => (on !== null ? withdrawn(one, on) : one.gone !== null ? withdrawn(one, one.gone) : one));
  return [...shown, ...takedownsIn(document)];
};
