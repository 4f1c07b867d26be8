-- The vault keeps what an event must not: its texts. It has its own backup, with a short retention.

-- One row per attempted event: the disclosures (RFC 9901) that belong to the canonical bytes with this SHA-256. Stream and revision stand in those
-- bytes; they lead the key so that a stream's texts lie together. Insert only, but for erasures. Texts are few and read often, their base64url form
-- hardly compresses.
CREATE TABLE vault.texts (
  stream       text COLLATE "C" NOT NULL,
  revision     integer NOT NULL,
  sha256       bytea NOT NULL,
  disclosures  text COLLATE "C" NOT NULL,  -- joined by '~', as in an SD-JWT
  attempted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (stream, revision, sha256)
);

-- Digests whose text is gone, and that therefore nothing has to disclose.
CREATE TABLE vault.erasures (
  stream   text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  digest   text COLLATE "C" NOT NULL,
  position bigint NOT NULL,                -- of the TextErased event
  PRIMARY KEY (stream, revision, digest)
);

-- How far the erasures have followed the log. It lies here, so that a vault restored from a backup is erased again.
CREATE TABLE vault.checkpoint (
  position bigint NOT NULL,
  single   boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO vault.checkpoint (position) VALUES (0);
