-- Whoever may call append_batch could say that an append has more or fewer events than it brings, and so leave holes in the positions, an append without an
-- end, or the head of the log before its last event, after which nobody can write any more. What it is told is held against what it is given first.
ALTER FUNCTION log.append_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]) RENAME TO write_batch;
-- It writes with the rights of its caller: nobody's but those of the function below.
ALTER FUNCTION log.write_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]) SECURITY INVOKER RESET search_path;

-- As write_batch, for parameters and answers alike; raises where the parameters do not fit together, and writes nothing then.
CREATE FUNCTION log.append_batch(
  streams text[], expected integer[], counts integer[],
  append integer[], nth integer[], ids uuid[], types text[], hashes bytea[], canonicals text[], disclosures text[]
) RETURNS TABLE (outcome text, revision integer, "position" bigint, recorded_at timestamptz)
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  size   integer := cardinality(streams);
  events integer := cardinality(ids);
BEGIN
  IF (cardinality(expected), cardinality(counts)) IS DISTINCT FROM (size, size)
    OR (cardinality(types), cardinality(hashes), cardinality(canonicals), cardinality(disclosures)) IS DISTINCT FROM (events, events, events, events)
    OR size IS DISTINCT FROM (SELECT count(DISTINCT s.stream) FROM unnest(streams) AS s(stream))
    OR EXISTS (SELECT FROM unnest(counts) AS c(events) WHERE c.events < 1 OR c.events IS NULL)
    OR events IS DISTINCT FROM coalesce((SELECT sum(c.events) FROM unnest(counts) AS c(events)), 0)
    OR append IS DISTINCT FROM ARRAY(SELECT a.n::integer FROM unnest(counts) WITH ORDINALITY AS a(events, n), generate_series(1, a.events) AS e(n) ORDER BY a.n, e.n)
    OR nth IS DISTINCT FROM ARRAY(SELECT e.n FROM unnest(counts) WITH ORDINALITY AS a(events, n), generate_series(1, a.events) AS e(n) ORDER BY a.n, e.n)
  THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'what is told of the appends is not what they hold';
  END IF;
  RETURN QUERY SELECT * FROM log.write_batch(streams, expected, counts, append, nth, ids, types, hashes, canonicals, disclosures);
END
$$;
REVOKE EXECUTE ON FUNCTION log.append_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]) FROM PUBLIC;
