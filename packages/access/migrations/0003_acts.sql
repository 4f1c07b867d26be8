-- What is done with keys is written to the event log; here stands what a request is judged by.
ALTER TABLE keys
  ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'machine')),
  ADD COLUMN expires_at timestamptz,
  -- For the confirmation of another admin; until then it is not valid.
  ADD COLUMN waits boolean NOT NULL DEFAULT false;

-- Whether it was ever an admin's: such a subject counts among those who confirm, whatever became of it.
ALTER TABLE subjects ADD COLUMN was_admin boolean NOT NULL DEFAULT false;
UPDATE subjects SET was_admin = true WHERE role = 'admin';

-- When a key was last used, to half a minute. Apart, so that a use never waits for what is done with the key.
CREATE TABLE uses (
  key     uuid PRIMARY KEY REFERENCES keys,
  used_at timestamptz NOT NULL
);

-- The api makes and revokes keys, so its user may write these rows. Whoever takes it over shall not bring a dead key back, hand one to another subject, or make
-- more of a subject than its keys were made for.
CREATE FUNCTION keep_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.subject <> OLD.subject OR NEW.kind <> OLD.kind OR NEW.created_at <> OLD.created_at
     OR NEW.expires_at IS DISTINCT FROM OLD.expires_at THEN
    RAISE EXCEPTION 'what a key was made for stays' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.hash <> OLD.hash) THEN
    RAISE EXCEPTION 'a key that was revoked stays so' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_key BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keep_key();

CREATE FUNCTION keep_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.subject <> OLD.subject OR (OLD.was_admin AND NOT NEW.was_admin)
     OR (NEW.role <> OLD.role AND EXISTS (SELECT FROM access.keys k WHERE k.subject = OLD.subject AND k.revoked_at IS NULL
                                             AND (k.expires_at IS NULL OR k.expires_at > now()))) THEN
    RAISE EXCEPTION 'a subject with valid keys keeps its role' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_role BEFORE UPDATE ON subjects FOR EACH ROW EXECUTE FUNCTION keep_role();
