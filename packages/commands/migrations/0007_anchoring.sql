-- Sources whose text was revised, or that were withdrawn, and whose quotations have not been looked for: each by the event that says so.
CREATE TABLE anchoring (
  position bigint PRIMARY KEY,
  stream text NOT NULL,
  revision integer NOT NULL
);

-- Up to where the log was followed for them, and the last event at or before there whose bytes are known.
CREATE TABLE anchoring_checkpoint (
  position bigint NOT NULL,
  seen_at bigint,
  sha256 text COLLATE "C",
  single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO anchoring_checkpoint (position) VALUES (0);
