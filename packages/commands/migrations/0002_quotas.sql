-- What subjects have sent lately, counted when it is about to be written. Rows of a command that never reached the log count too, until they are forgotten.

-- Bytes of sources, for the quota of a day in UTC.
CREATE TABLE uploads (
  command uuid PRIMARY KEY,
  subject text NOT NULL,
  day date NOT NULL,
  bytes integer NOT NULL
);
CREATE INDEX uploads_day ON uploads (subject, day) INCLUDE (bytes);

-- Edits that were submitted, until the model of the review has them for certain.
CREATE TABLE submitted (
  command uuid PRIMARY KEY,
  subject text NOT NULL,
  incident text NOT NULL,
  edit integer NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX submitted_at ON submitted (subject, at);
