-- What an append of a few events cost the server was above all the number of its statements, each of which has a plan to start, and the joins in them. What
-- is told of the appends is now held against them in a loop, and elements are taken out of the arrays by their index.
DROP FUNCTION log.write_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]);

-- Appends many appends in one transaction and answers one outcome for each, in their order: written, repeated or wrong_revision.
--   streams, expected, counts   one element an append; no stream may occur twice in a call
--   append, nth                 one element an event: which append it belongs to, and its place in that, both from 1
--   ids … disclosures           one element an event, in the order of their appends; disclosures joined by '~', empty for none
-- revision and position are those of the append's last event; after wrong_revision, revision is the stream's (-1: none) and position is null.
-- recorded_at is the stamp of what was written, null where nothing was. Raises where the parameters do not fit together, and writes nothing then.
CREATE OR REPLACE FUNCTION log.append_batch(
  streams text[], expected integer[], counts integer[],
  append integer[], nth integer[], ids uuid[], types text[], hashes bytea[], canonicals text[], disclosures text[]
) RETURNS TABLE (outcome text, revision integer, "position" bigint, recorded_at timestamptz)
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- A plan made while the table was small must not scan all of it once it has grown, and no plan is worth being made again for other lengths of arrays.
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  size      integer := cardinality(streams);
  events    integer := cardinality(ids);
  told      boolean := size IS NOT NULL AND events IS NOT NULL
    AND (cardinality(expected), cardinality(counts)) IS NOT DISTINCT FROM (size, size)
    AND (cardinality(append), cardinality(nth)) IS NOT DISTINCT FROM (events, events)
    AND (cardinality(types), cardinality(hashes), cardinality(canonicals), cardinality(disclosures)) IS NOT DISTINCT FROM (events, events, events, events);
  firsts    integer[] := array_fill(0, ARRAY[coalesce(size, 0)]);   -- by append: the event before its first
  seen      integer := 0;                              -- events
  different integer;                                   -- streams
  actual    integer[];                                 -- by append: the stream's revision, -1 for none
  starts    bigint[] := array_fill(NULL::bigint, ARRAY[coalesce(size, 0)]);   -- by append: the position before its first event, null where it is not written
  head      bigint;
  stamp     timestamptz;
  ended     bigint;
BEGIN
  FOR i IN 1 .. CASE WHEN told THEN size ELSE 0 END LOOP
    told := coalesce(counts[i] BETWEEN 1 AND events - seen, false);
    EXIT WHEN NOT told;
    firsts[i] := seen;
    FOR n IN 1 .. counts[i] LOOP
      seen := seen + 1;
      told := told AND append[seen] IS NOT DISTINCT FROM i AND nth[seen] IS NOT DISTINCT FROM n;
    END LOOP;
    EXIT WHEN NOT told;
  END LOOP;

  -- The writers of all processes wait for each other until they commit. By itself, for each later statement takes its snapshot with the lock held.
  PERFORM log.lock();

  SELECT h.position, greatest(clock_timestamp(), h.recorded_at + interval '1 microsecond'), s.revisions, s.names INTO head, stamp, actual, different
  FROM log.head h, (
    SELECT array_agg(coalesce(e.revision, -1) ORDER BY a.n) AS revisions, count(DISTINCT a.stream) AS names
    FROM unnest(streams) WITH ORDINALITY AS a(stream, n)
    LEFT JOIN LATERAL (SELECT l.revision FROM log.events l WHERE l.stream = a.stream ORDER BY l.revision DESC LIMIT 1) e ON true
  ) AS s;

  IF NOT told OR seen <> events OR different <> size THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'what is told of the appends is not what they hold';
  END IF;

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
    SELECT starts[append[n]] + nth[n], streams[append[n]], expected[append[n]] + nth[n], expected[append[n]] + counts[append[n]], ids[n], types[n],
           stamp + (append[n] - 1) * interval '1 microsecond', hashes[n], canonicals[n]
    FROM generate_series(1, events) AS e(n)
    WHERE starts[append[n]] IS NOT NULL;

    INSERT INTO vault.texts (stream, revision, sha256, disclosures)
    SELECT streams[append[n]], expected[append[n]] + nth[n], hashes[n], disclosures[n]
    FROM generate_series(1, events) AS e(n)
    WHERE starts[append[n]] IS NOT NULL AND disclosures[n] <> '';

    UPDATE log.head SET position = ended, recorded_at = stamp + (size - 1) * interval '1 microsecond';
    PERFORM pg_notify('averment_log', '');
  END IF;

  IF ended - head = events THEN
    RETURN QUERY
    SELECT 'written', expected[i] + counts[i], starts[i] + counts[i], stamp + (i - 1) * interval '1 microsecond'
    FROM generate_series(1, size) AS a(i);
    RETURN;
  END IF;

  FOR i IN 1 .. size LOOP
    IF starts[i] IS NOT NULL THEN
      outcome := 'written';
      revision := expected[i] + counts[i];
      "position" := starts[i] + counts[i];
      recorded_at := stamp + (i - 1) * interval '1 microsecond';
    ELSIF actual[i] >= expected[i] + counts[i] AND NOT EXISTS (
      SELECT FROM generate_series(1, counts[i]) AS g(n)
      LEFT JOIN log.events e ON e.stream = streams[i] AND e.revision = expected[i] + g.n
      WHERE e.id IS DISTINCT FROM ids[firsts[i] + g.n]
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
  END LOOP;
END
$$;
