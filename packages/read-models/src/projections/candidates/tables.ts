/**
 * Which incidents may be one. `profiles` has what incidents are compared by, of those that take part: not of merged ones, nor of proposals that are over. Those that
 * share a key in `meeting_keys` are compared, unless too many have it. `candidate_pairs` has what came of it: `reasons` for those who may read the names
 * of private people, `open_reasons` what the public may be told, NULL where there is nothing, or one of the two is not published.
 */
export const candidateTables = (schema: string): string => `
  CREATE TABLE ${schema}.profiles (
    incident text COLLATE "C" PRIMARY KEY, digest text NOT NULL, published boolean NOT NULL, retracted boolean NOT NULL, authors text[] NOT NULL, profile json NOT NULL);
  CREATE TABLE ${schema}.meeting_keys (key bigint NOT NULL, incident text COLLATE "C" NOT NULL, PRIMARY KEY (key, incident));
  CREATE INDEX meeting_keys_incident ON ${schema}.meeting_keys (incident);
  -- \`smaller\` < \`larger\`. retracted: one of the two is.
  CREATE TABLE ${schema}.candidate_pairs (
    smaller text COLLATE "C" NOT NULL, larger text COLLATE "C" NOT NULL, retracted boolean NOT NULL,
    score int, reasons json, open_score int, open_reasons json,
    PRIMARY KEY (smaller, larger));
  CREATE INDEX candidate_pairs_larger ON ${schema}.candidate_pairs (larger);
`;

/** Indexes that only queries need. */
export const candidateIndexes = (schema: string): string => `
  CREATE INDEX candidate_pairs_score ON ${schema}.candidate_pairs (score DESC, smaller, larger) WHERE score IS NOT NULL AND NOT retracted;
  CREATE INDEX candidate_pairs_open ON ${schema}.candidate_pairs (open_score DESC, smaller, larger) WHERE open_score IS NOT NULL AND NOT retracted;
`;

export const candidatesCompared = [
  { table: 'profiles', key: ['incident'] },
  { table: 'meeting_keys', key: ['key', 'incident'] },
  { table: 'candidate_pairs', key: ['smaller', 'larger'] },
];
