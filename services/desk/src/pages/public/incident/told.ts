import type { Schemas } from '@averment/client';
import type { CitedSource } from '../../../parts/cited.ts';

export type Incident = Schemas['Incident'];
export type Claim = Schemas['Claim'];
export type Vocabulary = Schemas['Vocabulary'];

/** An incident with what its parts ask of one another. `changed` are the ids of what a step changed, where one is shown. */
export type Told = {
  incident: Incident;
  claims: ReadonlyMap<string, Claim>;
  sources: ReadonlyMap<string, CitedSource>;
  nameOf(party: string | null): string;
  changed: ReadonlySet<string>;
  /** Whoever reads may propose changes: what they may begin with is linked. */
  mayPropose: boolean;
};

export const toldOf = (
  incident: Incident,
  { changed = new Set(), mayPropose = false }: Partial<Pick<Told, 'changed' | 'mayPropose'>> = {},
): Told => {
  const names = new Map(incident.parties.map(({ id, name }) => [id, name] as const));
  return {
    incident,
    claims: new Map(incident.claims.map((claim) => [claim.id, claim])),
    sources: new Map(incident.sources.map((source) => [source.id, source])),
    nameOf: (party) => (party === null ? 'nobody named' : (names.get(party) ?? 'a party whose name is withheld')),
    changed,
    mayPropose,
  };
};

/** The text of something that may have been taken away, or is not for everybody. */
export const orWithheld = (text: string | null): string => text ?? '[withheld]';
