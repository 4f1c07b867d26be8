import { type Erasure, evolveErasure, initialErasure } from '@averment/domain';
import type { Projection } from '../projection.ts';
import { insertRows, setFromNew } from './statements.ts';

const columns = {
  id: 'text',
  kind: 'text',
  state: 'text',
  ground: 'text',
  author: 'text',
  requested_at: 'timestamptz',
  decided_at: 'timestamptz',
  done_at: 'timestamptz',
  fields: 'int',
  streams: 'int',
  position: 'bigint',
};

const rowOf = ({ id, asked, state, author, requestedAt, decidedAt, doneAt, done, position }: Erasure) => ({
  id: id ?? '',
  kind: asked?.kind ?? '',
  state,
  ground: asked?.ground ?? '',
  author: author ?? '',
  requested_at: requestedAt ?? '',
  decided_at: decidedAt,
  done_at: doneAt,
  fields: done?.fields ?? null,
  streams: done?.streams ?? null,
  position,
});

/** The projection `erasure_requests`: the requests of erasures by state. What they say is read from the log, so that no text lies here. */
export const erasureRequests: Projection = {
  name: 'erasure_requests',
  version: 1,
  ddl: (schema) => `
  -- Requests of erasures and restrictions. \`fields\`, \`streams\`: how many texts, in how many streams, once it is done. \`position\`: of its last event.
  CREATE TABLE ${schema}.requests (
    id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, state text NOT NULL, ground text NOT NULL, author text NOT NULL,
    requested_at timestamptz NOT NULL, decided_at timestamptz, done_at timestamptz, fields int, streams int, position bigint NOT NULL);`,
  indexes: (schema) => `
  CREATE INDEX requests_requested ON ${schema}.requests (requested_at, id);
  CREATE INDEX requests_done ON ${schema}.requests (done_at, id) WHERE state = 'done';
`,
  streams: ['erasure_'],
  apply: async (tx, events, { schema, readStreams }) => {
    const ids = [...new Set(events.flatMap(({ stream }) => (stream.startsWith('erasure_') ? [stream] : [])))];
    if (ids.length === 0) return;
    const last = new Map(events.map(({ stream, revision }) => [stream, revision]));
    const read = await readStreams(ids.map((stream) => ({ stream, from: 0, to: last.get(stream) ?? 0, texts: false })));
    const rows = ids.flatMap((id) => {
      const state = (read.get(id) ?? []).reduce(evolveErasure, initialErasure());
      return state.asked === null ? [] : [rowOf(state)];
    });
    await insertRows(tx, `${schema}.requests`, columns, rows, `ON CONFLICT (id) DO UPDATE SET ${setFromNew(columns, ['id'])}`);
  },
  compared: [{ table: 'requests', key: ['id'] }],
};
