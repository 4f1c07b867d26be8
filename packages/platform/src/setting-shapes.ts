import { z } from 'zod';

/** What several settings have in common. */

/** A setting as the documentation and the compose file show it. `fallback: null` means that it may be left out. */
export type Setting = { fallback: string | null; example: string; about: string; secret: boolean };

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** In milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'is not a duration: a whole number above 0 and s, m, h or d')
  .transform((value) => Number(value.slice(0, -1)) * (units[value.slice(-1)] ?? 0));
export const url = (schemes: readonly string[], what: string) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), `is not the address of ${what}`);
