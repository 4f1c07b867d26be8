-- Whoever acts: every key of a subject carries its one role, and four eyes compares subjects, not keys.
CREATE TABLE subjects (
  subject text PRIMARY KEY CHECK (subject ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  role    text NOT NULL CHECK (role IN ('contributor', 'reviewer', 'auditor', 'app', 'admin'))
);

-- Keys themselves are never stored: a key holds 256 random bits, so its plain SHA-256 cannot be turned back.
CREATE TABLE keys (
  id         uuid PRIMARY KEY,
  subject    text NOT NULL REFERENCES subjects,
  hash       bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX keys_subject ON keys (subject);
