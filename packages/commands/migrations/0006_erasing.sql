-- Requests of erasures that have to be looked into or carried out: each by the event that says so.
CREATE TABLE erasing (
  position bigint PRIMARY KEY,
  stream text NOT NULL,
  revision integer NOT NULL
);

-- Up to where the log was followed for them, and the last event at or before there whose bytes are known.
CREATE TABLE erasing_checkpoint (
  position bigint NOT NULL,
  seen_at bigint,
  sha256 text COLLATE "C",
  single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO erasing_checkpoint (position) VALUES (0);
