-- Edits are of incidents, sources and parties: a stream's name says which.
ALTER TABLE leases RENAME COLUMN incident TO stream;
ALTER TABLE submitted RENAME COLUMN incident TO stream;
