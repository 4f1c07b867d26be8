import type { ClaimEntry } from '../incident/state.ts';
import { type Claim, claimContent } from '../incident/things/claim.ts';
import { partiesOn } from '../party/names.ts';
import type { Parties } from '../party/shapes.ts';
import type { ClaimStanding } from '../rules/standing.ts';
import type { Vocabulary } from '../values/vocabulary.ts';
import { attributed } from './attributed.ts';
import type { ClaimDocument, SourceDocument } from './documents.ts';
import { retractionDocument } from './reasons.ts';

const decisions = { contradicted: 'contradicted', not_established: 'found not established', upheld: 'upheld', moot: 'held moot' } as const;

/** What a court decided of a claim, as the court's: "contradicted by <court>, <date>". Null where no ruling decides it. */
export const decision = ({ marks, decidedBy }: ClaimStanding, parties: Parties): string | null => {
  const mark = marks.find((it) => it in decisions) as keyof typeof decisions | undefined;
  if (mark === undefined || decidedBy === null) return null;
  const court = (decidedBy.court === null ? null : parties(decidedBy.court)?.name) ?? 'a court';
  const on = decidedBy.on === null ? '' : `, ${decidedBy.on}`;
  return `${decisions[mark]} by ${court}${on}${decidedBy.subjectToAppeal ? ', subject to appeal' : ''}`;
};

type Sources = (id: string) => SourceDocument | undefined;

/** The sources that a claim cites and that are translations, each once. */
const translationsOf = ({ citations }: Claim, sources: Sources): ClaimDocument['translations'] =>
  [...new Set((citations ?? []).map(({ source }) => source))].flatMap((source) => {
    const { translation = null, translatedFrom = null, originalUrl = null } = sources(source) ?? {};
    return translation === null ? [] : [{ source, translation, translatedFrom, originalUrl }];
  });

const machineTranslated: Claim['flags'][number] = 'machine_translated';

/**
 * A claim with what is derived of it. `voice` is the one that it has in the row of its aspect. Who speaks has the name of the day on which it was said, else of
 * that of the incident.
 */
export const claimDocument = (
  entry: ClaimEntry,
  standing: ClaimStanding,
  context: { voice: string | null; parties: Parties; sources: Sources; vocabulary: Vocabulary; occurredOn: string | null },
): ClaimDocument => {
  const translations = translationsOf(entry.claim, context.sources);
  const byMachine = translations.some(({ translation }) => translation === 'machine');
  const claim = byMachine ? { ...entry.claim, flags: [...new Set([...entry.claim.flags, machineTranslated])] } : entry.claim;
  return {
    ...claimContent(claim),
    translations,
    incidentId: entry.incident,
    rank: entry.rank,
    rankReason: entry.ranking?.reason ?? null,
    retraction: retractionDocument(entry.retraction),
    movedTo: entry.movedTo,
    movedFrom: entry.movedFrom,
    standing: standing.standing,
    marks: standing.marks,
    voice: context.voice,
    attributed: attributed(claim, partiesOn(context.parties, claim.saidAt ?? context.occurredOn), context.vocabulary),
    decision: decision(standing, context.parties),
    decidedBy: standing.decidedBy,
    disputes: standing.disputes,
    rulings: standing.rulings,
    corrections: standing.corrections,
    detached: standing.detached,
    addedAtRevision: entry.addedAtRevision,
  };
};
