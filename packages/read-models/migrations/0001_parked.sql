-- Events that a projection could not take. They outlive the models, which rebuilds replace.
CREATE TABLE parked (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  projection text NOT NULL,
  -- The schema of the model in which the event is parked: the live one, or the one that a rebuild is filling.
  model text NOT NULL,
  stream text NOT NULL,
  -- The event itself, and the first event of its append: a retry begins there, because projections take whole appends.
  revision integer NOT NULL,
  first_revision integer NOT NULL,
  position bigint NOT NULL,
  type text NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  -- A text of this stream was erased while the stream waited: its rows still hold it, until the model is built anew.
  erasure_waits boolean NOT NULL DEFAULT false,
  -- Later events of a parked stream wait, so each model has at most one event parked in a stream.
  UNIQUE (model, stream)
);

-- Events that an admin decided to leave out, obeyed by every model of the projection, and by those that rebuilds make.
CREATE TABLE skipped (
  id bigint PRIMARY KEY,
  projection text NOT NULL,
  stream text NOT NULL,
  revision integer NOT NULL,
  position bigint NOT NULL,
  type text NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  parked_at timestamptz NOT NULL,
  skipped_at timestamptz NOT NULL DEFAULT now(),
  skipped_by text NOT NULL,
  UNIQUE (projection, stream, revision)
);
