-- Where apps want to be told of the record's events. `secret` and `former` are sealed with the server key. `position`: up to where the events that it wants have
-- become deliveries. `failing_since`: the first attempt that failed since the last one that did not.
CREATE TABLE webhooks (
  n bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id uuid PRIMARY KEY,
  subject text NOT NULL,
  url text NOT NULL,
  types text[] NOT NULL,
  incident text,
  agency text,
  region text,
  secret text NOT NULL,
  former text,
  former_until timestamptz,
  created_at timestamptz NOT NULL,
  position bigint NOT NULL,
  taken_at timestamptz,
  failing_since timestamptz,
  not_before timestamptz,
  disabled_at timestamptz,
  reason text
);
CREATE INDEX webhooks_subject ON webhooks (subject, n);

-- The record's events as the public may know of them, without their data. `agencies` and `regions` are those of the incident before and after the event.
CREATE TABLE events (
  position bigint PRIMARY KEY,
  id uuid NOT NULL,
  stream text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  type text NOT NULL,
  recorded_at text NOT NULL,
  agencies text[] NOT NULL,
  regions text[] NOT NULL
);
CREATE INDEX events_stream ON events (stream, position);

-- What the last event of an incident left as its agencies and region.
CREATE TABLE incidents (stream text COLLATE "C" PRIMARY KEY, agencies text[] NOT NULL, region text);

-- Which party is merged into which: who wants to be told of the one is told of the other.
CREATE TABLE parties (party text PRIMARY KEY, "into" text NOT NULL);

-- An event on its way to a webhook, and what became of it. `attempts` is a list of {at, status, error, milliseconds}.
CREATE TABLE deliveries (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  position bigint NOT NULL,
  stream text COLLATE "C" NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'given_up')),
  created_at timestamptz NOT NULL,
  begun_at timestamptz,
  done_at timestamptz,
  tried integer NOT NULL DEFAULT 0,
  attempts jsonb NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX deliveries_waiting ON deliveries (webhook, stream, position) WHERE state = 'waiting';
CREATE INDEX deliveries_webhook ON deliveries (webhook, n);
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;

-- The deliveries of one incident to one webhook that wait: they go one after the other. Whoever sends the first of them holds the lease.
CREATE TABLE lines (
  webhook uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  stream text COLLATE "C" NOT NULL,
  due timestamptz NOT NULL,
  lease uuid,
  leased_until timestamptz,
  PRIMARY KEY (webhook, stream)
);
CREATE INDEX lines_due ON lines (webhook, due);

-- Requests with an Idempotency-Key, and what they were answered, without secrets.
CREATE TABLE requests (command uuid PRIMARY KEY, request text, answer jsonb);

-- Up to where the log was followed, and the last event at or before there whose bytes are known.
CREATE TABLE checkpoint (
  position bigint NOT NULL,
  seen_at bigint,
  sha256 text COLLATE "C",
  single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO checkpoint (position) VALUES (0);
