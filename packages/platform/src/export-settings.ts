import type { z } from 'zod';
import { count, duration, type Setting } from './setting-shapes.ts';

/** The settings of exports. */

export const exportSchemas = { EXPORT_AT_ONCE: count, EXPORT_TIME: duration };

export const describedExports: Record<keyof typeof exportSchemas, Setting> = {
  EXPORT_AT_ONCE: {
    fallback: '4',
    example: '4',
    about: 'How many exports a process of the API writes at once, each on a connection of its own; one client may have half of them.',
    secret: false,
  },
  EXPORT_TIME: {
    fallback: '1h',
    example: '1h',
    about: 'How long one export may take until it is broken off: a number and s, m, h or d.',
    secret: false,
  },
};

/** `time` in milliseconds. */
export type ExportSettings = { atOnce: number; time: number };

type Read = <T>(name: keyof typeof exportSchemas, schema: z.ZodType<T, string>) => T | null;

export const readExports = (read: Read): ExportSettings => ({
  atOnce: read('EXPORT_AT_ONCE', exportSchemas.EXPORT_AT_ONCE) ?? 0,
  time: read('EXPORT_TIME', exportSchemas.EXPORT_TIME) ?? 0,
});
