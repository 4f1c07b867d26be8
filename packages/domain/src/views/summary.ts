import type { PartyFacts } from '../party/shapes.ts';
import { marks, type Standing } from '../rules/standing.ts';
import type { PartySummary } from './documents.ts';

const counted =
  'Claims on published incidents whose speaker is this party itself, whoever it speaks for, by their standing now. Claims by its parts, on its behalf or about it are not counted.';

/**
 * How a speaker's claims fared: `incidents` is the number of those that they are about, `byStanding` counts them all. Null for private parties, of whom no
 * summary is made.
 */
export const partySummary = (
  party: PartyFacts,
  { incidents, byStanding }: { incidents: number; byStanding: ReadonlyMap<Standing, number> },
): PartySummary | null => {
  if (party.private) return null;
  const link = `/v1/claims?speaker=${party.id}`;
  return {
    party: { id: party.id, name: party.name ?? null, kind: party.kind },
    counted,
    incidents,
    claims: [...byStanding.values()].reduce((sum, claims) => sum + claims, 0),
    byStanding: (['standing', ...marks] as const).map((standing) => ({
      standing,
      claims: byStanding.get(standing) ?? 0,
      links: { claims: `${link}&standing=${standing}` },
    })),
    links: { party: `/v1/parties/${party.id}`, claims: link },
  };
};
