-- Merges, and ends of such, that are decided in the log and have not followed on the streams of the survivors: each by the event that decided it.
CREATE TABLE merging (
  position bigint PRIMARY KEY,
  stream text NOT NULL,
  revision integer NOT NULL
);

-- Up to where the log was followed for them, and the last event at or before there whose bytes are known.
CREATE TABLE merging_checkpoint (
  position bigint NOT NULL,
  seen_at bigint,
  sha256 text COLLATE "C",
  single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO merging_checkpoint (position) VALUES (0);
