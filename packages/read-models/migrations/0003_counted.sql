-- Which events of a long record still count at a revision (docs/decisions, 64): no text, and found anew wherever it is missing.
CREATE TABLE counted (
  stream text COLLATE "C" NOT NULL,
  -- Of the rule that says which count.
  version integer NOT NULL,
  -- The event up to which they were counted, which ends its append; without it in its place the log is another one.
  revision integer NOT NULL,
  position bigint NOT NULL,
  sha256 text NOT NULL,
  -- Revisions of the events that stay whatever comes, and by what they set those whose place may be taken.
  staying integer[] NOT NULL,
  setting json NOT NULL,
  PRIMARY KEY (stream, version, revision)
);
