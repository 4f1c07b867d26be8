-- These run with the rights of the tables' owner: whoever may call them needs no right to write in the tables, and can write in no other way.
ALTER FUNCTION log.append_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[])
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION log.moment() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION log.append_batch(text[], integer[], integer[], integer[], integer[], uuid[], text[], bytea[], text[], text[]) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION log.moment() FROM PUBLIC;
