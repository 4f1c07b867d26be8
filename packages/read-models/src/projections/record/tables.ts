import { forEver } from '../../versions.ts';
import { candidateIndexes, candidatesCompared, candidateTables } from '../candidates/tables.ts';
import { quotesCompared, quoteTables } from '../quotes.ts';
import { changedCompared, changedIndexes, changedTables } from './changed.ts';
import { spokenCompared, spokenIndexes, spokenTables } from './spoken.ts';

/**
 * The tables of the projection `record`. A version holds from `from_position` (inclusive) to `to_position` (exclusive); the current one ends
 * never, which is the largest bigint. Days are counted from 1970-01-01.
 */
export const recordTables = (schema: string): string => `
  -- How far each stream is folded: the revision of its last event here.
  CREATE TABLE ${schema}.folded (stream text COLLATE "C" PRIMARY KEY, revision int NOT NULL);

  -- review_item is what reviewers and auditors read of a party or source, NULL where that is the same. The other columns are of that.
  CREATE TABLE ${schema}.parties (
    id text COLLATE "C" NOT NULL, from_position bigint NOT NULL, to_position bigint NOT NULL,
    item json NOT NULL, review_item json, name_order text COLLATE "C" NOT NULL, kind text NOT NULL, private boolean NOT NULL, parent text COLLATE "C", merged_into text COLLATE "C",
    external_id text, identifiers text[] NOT NULL, words tsvector NOT NULL,
    PRIMARY KEY (id, from_position));

  -- The names and aliases of parties as they are now, in NFC, each with the digest of its skeleton: what looks alike has the same one.
  CREATE TABLE ${schema}.party_names (
    party text COLLATE "C" NOT NULL, n int NOT NULL, name text COLLATE "C" NOT NULL, skeleton text COLLATE "C" NOT NULL,
    PRIMARY KEY (party, n));

  CREATE TABLE ${schema}.sources (
    id text COLLATE "C" NOT NULL, from_position bigint NOT NULL, to_position bigint NOT NULL, registered_position bigint NOT NULL,
    item json NOT NULL, review_item json, url text, text_sha256 text, external_id text, words tsvector NOT NULL,
    PRIMARY KEY (id, from_position));

  -- Sources and parties that the public may see, each from the record event on by which an approved edit used it.
  CREATE TABLE ${schema}.public (id text COLLATE "C" PRIMARY KEY, from_position bigint NOT NULL);

  -- Texts that corrections conceal or decisions keep, by the event and the place in its data.
  CREATE TABLE ${schema}.concealed (stream text COLLATE "C" NOT NULL, revision int NOT NULL, pointer text NOT NULL, PRIMARY KEY (stream, revision, pointer));

  ${quoteTables(schema)}
  -- The current documents as they are served, word for word. A proposed incident is here too, with published = false.
  -- What begins with public_ is served without a key, review_document is what reviewers and auditors get, each NULL where that is the same.
  CREATE TABLE ${schema}.incidents (
    id text COLLATE "C" PRIMARY KEY, published boolean NOT NULL, authors text[] NOT NULL, title text, public_title text, absorbed text[] NOT NULL,
    document text NOT NULL, etag text NOT NULL, public_document text, public_etag text, review_document text, review_etag text,
    comparison text NOT NULL, comparison_etag text NOT NULL, public_comparison text, public_comparison_etag text);

  -- Not compressed: packing doubled the time of writing them, and unpacking adds to every read.
  ALTER TABLE ${schema}.incidents ALTER document SET STORAGE EXTERNAL, ALTER public_document SET STORAGE EXTERNAL,
    ALTER review_document SET STORAGE EXTERNAL, ALTER comparison SET STORAGE EXTERNAL, ALTER public_comparison SET STORAGE EXTERNAL;

  -- What the list said of each incident, and from which position to which. Closed versions lie apart, so that the list of now never meets them.
  -- public_item is what it says without a key, review_item what it says to reviewers and auditors, public_search what is searched without a key, each NULL where that is the same. all_search has
  -- the words of claims that do not stand too, and is NULL where there are none. facets and claims say what the claims say (search/facets.ts).
  CREATE TABLE ${schema}.incident_rows (
    id text COLLATE "C" NOT NULL, from_position bigint NOT NULL, to_position bigint NOT NULL,
    digest text NOT NULL, item text NOT NULL, public_item text, review_item text, status text NOT NULL, record_position bigint NOT NULL,
    occurred_from int, occurred_to int, occurred_order int NOT NULL,
    country text, region text, locality text COLLATE "C", lat float8, lon float8, facets text[] COLLATE "C" NOT NULL, claims jsonb NOT NULL,
    disputed boolean NOT NULL, has_ruling boolean NOT NULL,
    search tsvector NOT NULL, all_search tsvector, public_search tsvector, public_all_search tsvector,
    PRIMARY KEY (id, from_position, to_position)) PARTITION BY LIST (to_position);
  CREATE TABLE ${schema}.incident_rows_current PARTITION OF ${schema}.incident_rows FOR VALUES IN (${forEver});
  CREATE TABLE ${schema}.incident_rows_past PARTITION OF ${schema}.incident_rows DEFAULT;

  -- \`incident\` is that in whose events the claim stands, \`survivor\` that with which it is shown: the same unless the former is merged.
  CREATE TABLE ${schema}.claims (
    id text COLLATE "C" PRIMARY KEY, incident text COLLATE "C" NOT NULL, survivor text COLLATE "C" NOT NULL, added_position bigint NOT NULL,
    digest text NOT NULL, item text NOT NULL, public_item text, speaker text COLLATE "C" NOT NULL, about text COLLATE "C", aspect text NOT NULL, standing text NOT NULL, sources text[] NOT NULL,
    -- What it says of the aspect (saidBy): a word, or a number with its unit and bounds.
    value text COLLATE "C", unit text, low float8, high float8, country text, occurred_from int, occurred_to int);
  CREATE INDEX claims_incident ON ${schema}.claims (incident, added_position);

  -- What whoever quoted from an incident has to know, as the public reads it.
  CREATE TABLE ${schema}.errata (
    incident text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, recorded_at timestamptz NOT NULL, item text NOT NULL,
    PRIMARY KEY (incident, id));

  -- Which parties (with their ancestors) and sources the record or the proposal of an incident has ever named: when one changes, so do its documents and rows.
  CREATE TABLE ${schema}.incident_uses (incident text COLLATE "C" NOT NULL, used text COLLATE "C" NOT NULL, PRIMARY KEY (used, incident));
  CREATE INDEX incident_uses_incident ON ${schema}.incident_uses (incident);

  -- One row, or none: where a private person last came to be named in an incident that had a past, of which other things are told since.
  CREATE TABLE ${schema}.newly_named (position bigint NOT NULL);

  -- Merges with their ranges. One that would close a circle with earlier ones is cut: it counts for nothing until one of those is taken back.
  CREATE TABLE ${schema}.merges (
    incident text COLLATE "C" NOT NULL, target text COLLATE "C" NOT NULL, since bigint NOT NULL, from_position bigint NOT NULL, to_position bigint NOT NULL, cut boolean NOT NULL,
    PRIMARY KEY (incident, from_position));
  CREATE INDEX merges_target ON ${schema}.merges (target);
${changedTables(schema)}${spokenTables(schema)}${candidateTables(schema)}`;

/** Indexes that only queries need. */
export const recordIndexes = (schema: string): string => `
  CREATE INDEX parties_name ON ${schema}.parties (name_order, id) WHERE to_position = ${forEver};
  CREATE INDEX parties_words ON ${schema}.parties USING gin (words) WHERE to_position = ${forEver};
  CREATE INDEX parties_merged ON ${schema}.parties (merged_into) WHERE to_position = ${forEver} AND merged_into IS NOT NULL;
  CREATE INDEX parties_external_id ON ${schema}.parties USING hash (external_id) WHERE to_position = ${forEver};
  CREATE INDEX parties_identifiers ON ${schema}.parties USING gin (identifiers) WHERE to_position = ${forEver};
  CREATE INDEX party_names_skeleton ON ${schema}.party_names (skeleton);
  CREATE INDEX sources_registered ON ${schema}.sources (registered_position) WHERE to_position = ${forEver};
  CREATE INDEX sources_url ON ${schema}.sources USING hash (url) WHERE to_position = ${forEver};
  CREATE INDEX sources_text ON ${schema}.sources USING hash (text_sha256) WHERE to_position = ${forEver};
  CREATE INDEX sources_external_id ON ${schema}.sources USING hash (external_id) WHERE to_position = ${forEver};
  CREATE INDEX sources_words ON ${schema}.sources USING gin (words) WHERE to_position = ${forEver};

  -- The range stands in the sort indexes, so that a list of the past passes over other versions without reading their rows.
  CREATE INDEX incident_rows_recorded ON ${schema}.incident_rows (record_position, id, from_position, to_position);
  CREATE INDEX incident_rows_occurred ON ${schema}.incident_rows (occurred_order, id, from_position, to_position);
  CREATE INDEX incident_rows_country ON ${schema}.incident_rows (country, record_position, id);
  CREATE INDEX incident_rows_region ON ${schema}.incident_rows (region, record_position, id);
  CREATE INDEX incident_rows_locality ON ${schema}.incident_rows (locality, record_position, id);
  CREATE INDEX incident_rows_point ON ${schema}.incident_rows (lat, lon);
  CREATE INDEX incident_rows_days ON ${schema}.incident_rows USING gist (int4range(occurred_from, occurred_to, '[]'));
  CREATE INDEX incident_rows_search ON ${schema}.incident_rows USING gin (search);
  CREATE INDEX incident_rows_all_search ON ${schema}.incident_rows USING gin (all_search);
  CREATE INDEX incident_rows_public_search ON ${schema}.incident_rows USING gin (public_search);
  CREATE INDEX incident_rows_public_all_search ON ${schema}.incident_rows USING gin (public_all_search);
  CREATE INDEX incident_rows_facets ON ${schema}.incident_rows USING gin (facets);
  CREATE INDEX incident_rows_ruling ON ${schema}.incident_rows (record_position, id) WHERE has_ruling;
  CREATE INDEX incident_rows_disputed ON ${schema}.incident_rows (record_position, id) WHERE disputed;
  CREATE INDEX incident_rows_status ON ${schema}.incident_rows (status, record_position, id) WHERE status <> 'published';
  -- For lists of a moment ago, as every second page is: of the closed rows only those closed since can be in them.
  CREATE INDEX incident_rows_closed ON ${schema}.incident_rows_past (to_position);

  CREATE INDEX errata_recorded ON ${schema}.errata (recorded_at, id);

  CREATE INDEX claims_added ON ${schema}.claims (added_position, id);
  CREATE INDEX claims_speaker ON ${schema}.claims (speaker, added_position);
  CREATE INDEX claims_about ON ${schema}.claims (about, added_position);
  CREATE INDEX claims_country ON ${schema}.claims (country, added_position);
  CREATE INDEX claims_value ON ${schema}.claims (aspect, value, added_position);
  CREATE INDEX claims_fared ON ${schema}.claims (speaker, survivor) INCLUDE (standing);
  CREATE INDEX claims_aspect ON ${schema}.claims (aspect, added_position);
  CREATE INDEX claims_standing ON ${schema}.claims (standing, added_position);
  CREATE INDEX claims_days ON ${schema}.claims USING gist (int4range(occurred_from, occurred_to, '[]'));
  CREATE INDEX claims_sources ON ${schema}.claims USING gin (sources);
${changedIndexes(schema)}${spokenIndexes(schema)}${candidateIndexes(schema)}`;

/** For the comparison of a rebuild: every table with what identifies a row. */
export const recordCompared = [
  { table: 'folded', key: ['stream'] },
  { table: 'parties', key: ['id', 'from_position'] },
  { table: 'party_names', key: ['party', 'n'] },
  { table: 'sources', key: ['id', 'from_position'] },
  { table: 'public', key: ['id'] },
  { table: 'concealed', key: ['stream', 'revision', 'pointer'] },
  quotesCompared,
  { table: 'incidents', key: ['id'] },
  { table: 'incident_rows', key: ['id', 'from_position'] },
  { table: 'claims', key: ['id'] },
  { table: 'errata', key: ['incident', 'id'] },
  { table: 'incident_uses', key: ['used', 'incident'] },
  { table: 'merges', key: ['incident', 'from_position'] },
  ...changedCompared,
  ...spokenCompared,
  ...candidatesCompared,
];
