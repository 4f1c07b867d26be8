-- How far the log was when a subject last wrote: reads of that subject wait until the models are there.
CREATE TABLE written (
  subject text PRIMARY KEY,
  position bigint NOT NULL
);
