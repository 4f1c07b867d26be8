-- What outsiders said is wrong, until it is deleted. `secret`: the SHA-256 of what its sender asks by. `contact` is for who took it alone.
CREATE TABLE tips (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  secret bytea NOT NULL,
  about_kind text NOT NULL,
  about_id text NOT NULL,
  text text NOT NULL,
  contact text,
  received_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  taken_by text,
  taken_at timestamptz,
  closed_at timestamptz,
  outcome text,
  note text
);

CREATE INDEX tips_waiting ON tips (n) WHERE taken_by IS NULL AND closed_at IS NULL;
CREATE INDEX tips_taken ON tips (n) WHERE taken_by IS NOT NULL AND closed_at IS NULL;
CREATE INDEX tips_expires ON tips (expires_at);
