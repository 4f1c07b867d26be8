-- Filters of the review queue that a subject saved under a name of its own.
CREATE TABLE views (
  subject text NOT NULL,
  name text NOT NULL,
  filters json NOT NULL,
  PRIMARY KEY (subject, name)
);

-- What a reviewer holds is asked for with each further item.
CREATE INDEX leases_holder ON leases (holder);
