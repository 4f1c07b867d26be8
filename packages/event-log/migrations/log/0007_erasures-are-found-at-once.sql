-- What was erased of a stream after a moment is looked for whenever its past is read, however long the stream is.
CREATE INDEX events_erasures ON log.events (stream, revision) WHERE type = 'TextErased';
