-- What reviewers and auditors read that the public may not see, where AUDIT_READS is on: who, what, when, and no text. The api only adds to it.
CREATE TABLE reads (
  at        timestamptz NOT NULL,
  subject   text NOT NULL,
  role      text NOT NULL,
  operation text NOT NULL,
  path      text NOT NULL
);
CREATE INDEX reads_at ON reads (at);
CREATE INDEX reads_path ON reads (path, at);
