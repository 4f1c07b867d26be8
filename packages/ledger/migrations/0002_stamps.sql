-- Checkpoints over which an authority has set the time (RFC 3161).
CREATE TABLE stamps (
  size bigint PRIMARY KEY,
  text text NOT NULL,
  token bytea NOT NULL,
  stamped_at timestamptz NOT NULL
);
