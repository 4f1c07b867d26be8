-- Who the users of an OpenID provider are, whose subjects (`user_…`) stand in events. This may be emptied at any time: whoever comes again is noted again.
CREATE TABLE users (
  subject text PRIMARY KEY,
  issuer  text NOT NULL,
  sub     text NOT NULL,
  since   timestamptz NOT NULL
);
