-- How far the event log was followed, how many leaves there are, and the last event that is known again.
CREATE TABLE followed (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  position bigint NOT NULL DEFAULT 0,
  size bigint NOT NULL DEFAULT 0,
  seen_at bigint,
  sha256 text
);
INSERT INTO followed DEFAULT VALUES;

-- A leaf for each event, in the order of the log. `event`, `shown`: what its entry says.
CREATE TABLE leaves (
  index bigint PRIMARY KEY,
  position bigint NOT NULL UNIQUE,
  stream text NOT NULL,
  revision integer NOT NULL,
  type text NOT NULL,
  event bytea NOT NULL CHECK (length(event) = 32),
  shown bytea CHECK (length(shown) = 32)
);
CREATE UNIQUE INDEX leaves_of_stream ON leaves (stream, revision);

-- Hashes of 32 bytes, one behind the other: at most 256. They only grow.
CREATE TABLE tiles (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192),
  PRIMARY KEY (level, index)
);
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- The last checkpoint that was signed; its note is null before the first.
CREATE TABLE checkpoint (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  size bigint NOT NULL DEFAULT 0,
  root bytea,
  note text,
  signed_at timestamptz
);
INSERT INTO checkpoint DEFAULT VALUES;

-- By which keys it is verified, the first one first.
CREATE TABLE keys (
  place integer PRIMARY KEY,
  vkey text NOT NULL
);
