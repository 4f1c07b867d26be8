import { count, type Setting } from './setting-shapes.ts';

/** The setting of event streams. */

export const streamSchemas = { STREAM_LIMIT: count };

export const describedStreams: Record<keyof typeof streamSchemas, Setting> = {
  STREAM_LIMIT: {
    fallback: '20000',
    example: '20000',
    about: 'How many event streams (GET /v1/events/stream) a process of the API serves at once.',
    secret: false,
  },
};
