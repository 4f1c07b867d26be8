import { quotesCompared, quoteTables } from '../quotes.ts';

/** The tables of the projection `reviews`. Times are UTC. */
export const reviewTables = (schema: string): string => `
  -- How far each stream is folded: the revision of its last event here.
  CREATE TABLE ${schema}.folded (stream text COLLATE "C" PRIMARY KEY, revision int NOT NULL);

  -- Long incidents folded up to a revision, from structure alone: by whom they are begun reads the events from there on. \`sha256\` is that of the event
  -- there, \`form\` the number of the state's form, \`state\` what node:v8 makes of it.
  CREATE TABLE ${schema}.folds (
    incident text COLLATE "C" PRIMARY KEY, revision int NOT NULL, sha256 text NOT NULL, form int NOT NULL, state bytea NOT NULL);

  -- Parties as they are now: how many approvals an edit needs depends on them. \`privacy_said\`: where it was last said whether one is private, and why not.
  CREATE TABLE ${schema}.parties (id text COLLATE "C" PRIMARY KEY, item json NOT NULL, privacy_said bigint NOT NULL);

  -- The versions of the policy, none before anything was decided about it. \`position\`: from where in the log one is in force; of those that were code NULL.
  CREATE TABLE ${schema}.policies (version int PRIMARY KEY, rules json NOT NULL, since text NOT NULL, position bigint, proposal text);

  -- Parties that an edit used which was applied with two approvals, with the last position of that.
  CREATE TABLE ${schema}.reviewed (party text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);

  -- What the queue shows of what an edit is of: the title of an incident (of an unpublished one, as its proposal says) or source, the name of a party.
  CREATE TABLE ${schema}.headings (id text COLLATE "C" PRIMARY KEY, title text, region text);

  -- An edit, of an incident, a source or a party (\`stream\`): its document as it is served, but for the lease and what its approval would make public, of
  -- which \`uses\` are the parties and sources that its version names; and what the queue shows and filters by. \`hands\`: who may not approve it, as they
  -- wrote a version, own it or have approved this one. \`contributors\`: who reads it beside those who see the review. \`search\`: the words of what it is of, and of rationale and changes of the current version.
  CREATE TABLE ${schema}.edits (
    stream text COLLATE "C" NOT NULL, edit int NOT NULL, document text NOT NULL,
    state text NOT NULL, version int NOT NULL, author text NOT NULL, contributors text[] NOT NULL, kinds text[] NOT NULL, uses text[] NOT NULL, priority text NOT NULL,
    priority_reasons json NOT NULL, submitted_at timestamptz NOT NULL, due_at timestamptz NOT NULL, next_actor text, outdated json, approvals json NOT NULL,
    quotes_beyond_limit json NOT NULL, comments json NOT NULL, etag text NOT NULL, rationale text, conflicts json NOT NULL, hands text[] NOT NULL, search tsvector NOT NULL,
    PRIMARY KEY (stream, edit));

  -- Every version of an edit, with the positions from which to which it waited to be decided.
  CREATE TABLE ${schema}.waits (
    stream text COLLATE "C" NOT NULL, edit int NOT NULL, version int NOT NULL, kinds text[] NOT NULL, submitted_at timestamptz NOT NULL,
    begun bigint NOT NULL, ended bigint, PRIMARY KEY (stream, edit, version));

  -- Every vote that was ever cast, with the kinds of change that it was on, and the positions at which it was overturned and reverted.
  CREATE TABLE ${schema}.votes (
    stream text COLLATE "C" NOT NULL, revision int NOT NULL, position bigint NOT NULL, edit int NOT NULL, kinds text[] NOT NULL, reviewer text NOT NULL,
    decision text NOT NULL, voted_at timestamptz NOT NULL, overturned bigint, reverted bigint, PRIMARY KEY (stream, revision));

  -- How many waits and votes there are by now: in all, by kind of change, by reviewer, votes by day; and waits by day, hour and minute of
  -- submission; and how many edits wait for their author, and are outdated.
  CREATE TABLE ${schema}.counts (
    counted text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, open int NOT NULL, approved int NOT NULL, rejected int NOT NULL,
    changes_requested int NOT NULL, overturned int NOT NULL, reverted int NOT NULL, PRIMARY KEY (counted, name));

  -- What happened to edits, for each subject that took part in one, at the position of the event. The words that were said with it are read from the log.
  CREATE TABLE ${schema}.notices (
    subject text COLLATE "C" NOT NULL, position bigint NOT NULL, stream text COLLATE "C" NOT NULL, revision int NOT NULL, edit int NOT NULL,
    code text NOT NULL, decision text, actor text NOT NULL, noticed_at timestamptz NOT NULL, PRIMARY KEY (subject, position));

  -- Which parties and sources an incident's edits have ever named: when a party changes, or more of a source is quoted, so may the approvals that its open edits need.
  CREATE TABLE ${schema}.edit_uses (incident text COLLATE "C" NOT NULL, used text COLLATE "C" NOT NULL, PRIMARY KEY (used, incident));
  CREATE INDEX edit_uses_incident ON ${schema}.edit_uses (incident);
  ${quoteTables(schema)}`;

/** Indexes that only queries need. */
export const reviewIndexes = (schema: string): string => `
  CREATE INDEX edits_submitted ON ${schema}.edits (submitted_at, stream, edit);
  CREATE INDEX edits_open ON ${schema}.edits (submitted_at, stream, edit) WHERE state IN ('submitted', 'changes_requested');
  CREATE INDEX edits_due ON ${schema}.edits (due_at, stream, edit) WHERE state IN ('submitted', 'changes_requested');
  CREATE INDEX edits_priority ON ${schema}.edits ((CASE priority WHEN 'high' THEN 0 ELSE 1 END), submitted_at, stream, edit) WHERE state IN ('submitted', 'changes_requested');
  CREATE INDEX edits_next ON ${schema}.edits ((CASE priority WHEN 'high' THEN 0 ELSE 1 END), due_at, stream, edit) WHERE next_actor = 'reviewer';
  CREATE INDEX edits_open_kinds ON ${schema}.edits USING gin (kinds) WHERE state IN ('submitted', 'changes_requested');
  CREATE INDEX edits_author ON ${schema}.edits (author, submitted_at, stream, edit);
  CREATE INDEX edits_author_due ON ${schema}.edits (author, due_at, stream, edit) WHERE state IN ('submitted', 'changes_requested');
  CREATE INDEX edits_search ON ${schema}.edits USING gin (search);
  CREATE INDEX headings_region ON ${schema}.headings (region);
  CREATE INDEX waits_open ON ${schema}.waits (submitted_at) WHERE ended IS NULL;
  CREATE INDEX waits_ended ON ${schema}.waits (ended);
  CREATE INDEX votes_position ON ${schema}.votes (position);
`;

/** For the comparison of a rebuild: every table with what identifies a row, but for `folds`, as one of another form is stored anew at another revision. */
export const reviewCompared = [
  { table: 'folded', key: ['stream'] },
  { table: 'policies', key: ['version'] },
  { table: 'parties', key: ['id'] },
  { table: 'reviewed', key: ['party'] },
  { table: 'headings', key: ['id'] },
  { table: 'edits', key: ['stream', 'edit'] },
  { table: 'waits', key: ['stream', 'edit', 'version'] },
  { table: 'votes', key: ['stream', 'revision'] },
  { table: 'counts', key: ['counted', 'name'] },
  { table: 'notices', key: ['subject', 'position'] },
  { table: 'edit_uses', key: ['used', 'incident'] },
  quotesCompared,
];
