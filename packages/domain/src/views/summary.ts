import type { PartyFacts } from '../incident/state.ts';
import { marks, type Standing } from '../standing.ts';

export type PartySummary = {
  party: { id: string; name: string | null; kind: PartyFacts['kind'] };
  /** In words, what is counted. */
  counted: string;
  incidents: number;
  claims: number;
  /** Every standing, those without claims too. There is no ratio: how often a court looked says nothing of how often it should have. */
  byStanding: { standing: Standing; claims: number; links: { claims: string } }[];
  links: { party: string; claims: string };
};

const counted =
  'Claims on published incidents whose speaker is this party itself, whoever it speaks for, by their standing now. Claims by its parts, on its behalf or about it are not counted.';

/** How a speaker's claims fared, from the standings of all of them. Null for private parties, of whom no summary is made. */
export const partySummary = (party: PartyFacts, claims: { incidentId: string; standing: Standing }[]): PartySummary | null => {
  if (party.private) return null;
  const link = `/v1/claims?speaker=${party.id}`;
  const numbers = new Map<Standing, number>();
  for (const { standing } of claims) numbers.set(standing, (numbers.get(standing) ?? 0) + 1);
  return {
    party: { id: party.id, name: party.name ?? null, kind: party.kind },
    counted,
    incidents: new Set(claims.map(({ incidentId }) => incidentId)).size,
    claims: claims.length,
    byStanding: (['standing', ...marks] as const).map((standing) => ({
      standing,
      claims: numbers.get(standing) ?? 0,
      links: { claims: `${link}&standing=${standing}` },
    })),
    links: { party: `/v1/parties/${party.id}`, claims: link },
  };
};
