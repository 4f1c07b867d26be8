-- append_batch also answers the stamp of each append that it wrote, so that nobody has to read back what was just stored.
DROP FUNCTION log.append_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]);

-- Appends many appends in one transaction and answers one outcome for each, in their order: written, repeated or wrong_revision.
--   streams, expected, counts   one element an append; no stream may occur twice in a call
--   append, nth                 one element an event: which append it belongs to, and its place in that, both from 1
--   ids … disclosures           one element an event, in the order of their appends; disclosures joined by '~', empty for none
-- revision and position are those of the append's last event; after wrong_revision, revision is the stream's (-1: none) and position is null.
-- recorded_at is the stamp of what was written, null where nothing was.
CREATE FUNCTION log.append_batch(
  streams text[], expected integer[], counts integer[],
  append integer[], nth integer[], ids uuid[], types text[], hashes bytea[], canonicals text[], disclosures text[]
) RETURNS TABLE (outcome text, revision integer, "position" bigint, recorded_at timestamptz)
LANGUAGE plpgsql VOLATILE
-- A plan made while the table was small must not scan all of it once it has grown.
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  size    integer := cardinality(streams);
  actual  integer[];                                   -- by append: the stream's revision, -1 for none
  starts  bigint[] := array_fill(NULL::bigint, ARRAY[size]);   -- by append: the position before its first event, null where it is not written
  first   integer := 1;                                -- the append's first event
  head    bigint;
  stamp   timestamptz;
  ended   bigint;
BEGIN
  PERFORM log.lock();

  SELECT h.position, greatest(clock_timestamp(), h.recorded_at + interval '1 microsecond') INTO head, stamp FROM log.head h;
  SELECT array_agg(coalesce(e.revision, -1) ORDER BY a.n) INTO actual
  FROM unnest(streams) WITH ORDINALITY AS a(stream, n)
  LEFT JOIN LATERAL (SELECT l.revision FROM log.events l WHERE l.stream = a.stream ORDER BY l.revision DESC LIMIT 1) e ON true;

  ended := head;
  FOR i IN 1 .. size LOOP
    IF actual[i] = expected[i] THEN
      starts[i] := ended;
      ended := ended + counts[i];
    END IF;
  END LOOP;

  IF ended > head THEN
    -- One stamp an append, each later than the one before it.
    INSERT INTO log.events (position, stream, revision, last, id, type, recorded_at, sha256, canonical)
    SELECT starts[e.append] + e.nth, a.stream, a.expected + e.nth, a.expected + a.count, e.id, e.type,
           stamp + (e.append - 1) * interval '1 microsecond', e.hash, e.canonical
    FROM unnest(streams, expected, counts) WITH ORDINALITY AS a(stream, expected, count, n)
    JOIN unnest(append, nth, ids, types, hashes, canonicals) AS e(append, nth, id, type, hash, canonical) ON e.append = a.n
    WHERE starts[e.append] IS NOT NULL;

    INSERT INTO vault.texts (stream, revision, sha256, disclosures)
    SELECT a.stream, a.expected + e.nth, e.hash, e.disclosures
    FROM unnest(streams, expected) WITH ORDINALITY AS a(stream, expected, n)
    JOIN unnest(append, nth, hashes, disclosures) AS e(append, nth, hash, disclosures) ON e.append = a.n
    WHERE starts[e.append] IS NOT NULL AND e.disclosures <> '';

    UPDATE log.head SET position = ended, recorded_at = stamp + (size - 1) * interval '1 microsecond';
    PERFORM pg_notify('averment_log', '');
  END IF;

  FOR i IN 1 .. size LOOP
    IF starts[i] IS NOT NULL THEN
      outcome := 'written';
      revision := expected[i] + counts[i];
      "position" := starts[i] + counts[i];
      recorded_at := stamp + (i - 1) * interval '1 microsecond';
    ELSIF actual[i] >= expected[i] + counts[i] AND NOT EXISTS (
      SELECT FROM unnest(ids[first : first + counts[i] - 1]) WITH ORDINALITY AS g(id, n)
      LEFT JOIN log.events e ON e.stream = streams[i] AND e.revision = expected[i] + g.n
      WHERE e.id IS DISTINCT FROM g.id
    ) THEN
      outcome := 'repeated';
      revision := expected[i] + counts[i];
      "position" := (SELECT e.position FROM log.events e WHERE e.stream = streams[i] AND e.revision = expected[i] + counts[i]);
      recorded_at := NULL;
    ELSE
      outcome := 'wrong_revision';
      revision := actual[i];
      "position" := NULL;
      recorded_at := NULL;
    END IF;
    RETURN NEXT;
    first := first + counts[i];
  END LOOP;
END
$$;
