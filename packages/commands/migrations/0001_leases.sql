-- Who holds which edit for review. Advisory: a decision needs no lease and ends any. Rows are judged by this database's clock when they are read:
-- a lease counts while `until` is ahead, its `version` is the edit's current one, and the edit is still submitted.
CREATE TABLE leases (
  incident text NOT NULL,
  edit integer NOT NULL,
  version integer NOT NULL,
  holder text NOT NULL,
  -- When the holder took it; renewing keeps it.
  taken timestamptz NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (incident, edit)
);
