-- Which server key this database is used with, by its fingerprint, from which the key cannot be found. All programs have to have that one.
CREATE TABLE server_key (
  fingerprint text COLLATE "C" NOT NULL,
  since timestamptz NOT NULL,
  single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
