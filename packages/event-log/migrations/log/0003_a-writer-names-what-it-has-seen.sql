-- Raises unless the event that a writer saw last stands where it stood: else another log lies here now, or this one from an older backup. Called in the
-- statement that appends, which is then undone as a whole.
CREATE FUNCTION log.require_event(seen_at bigint, seen_sha256 bytea) RETURNS void LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
  IF seen_at IS NOT NULL AND NOT EXISTS (SELECT FROM log.events e WHERE e.position = seen_at AND e.sha256 = seen_sha256) THEN
    RAISE EXCEPTION USING ERRCODE = 'AV001', MESSAGE = format('the event log has not the event that it had at position %s', seen_at);
  END IF;
END
$$;
