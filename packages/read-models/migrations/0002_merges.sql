-- The incidents into which the stream's waiting events merge its incident: each lacks the claims of this one, which no model can know otherwise.
ALTER TABLE parked ADD COLUMN merges_into text[] NOT NULL DEFAULT '{}';
