-- The log that these texts belong to: its id, and how often it came back from a backup. Both together name the order of its events to those who follow it.
CREATE TABLE vault.log (
  id       uuid NOT NULL DEFAULT gen_random_uuid(),
  restores integer NOT NULL DEFAULT 0,
  single   boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO vault.log DEFAULT VALUES;

-- The last event at or before the checkpoint whose bytes are known: a log that lacks it is another one.
ALTER TABLE vault.checkpoint
  ADD COLUMN seen_at bigint,
  ADD COLUMN sha256  text COLLATE "C";
