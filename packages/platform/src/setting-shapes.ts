import { isIP } from 'node:net';
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
const switches: Record<string, boolean> = { on: true, true: true, yes: true, '1': true, off: false, false: false, no: false, '0': false };

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port: a whole number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65535, 'is not a port: a whole number from 0 to 65535');
export const onOff = z
  .string()
  .refine((value) => Object.hasOwn(switches, value.toLowerCase()), 'is neither on nor off')
  .transform((value) => switches[value.toLowerCase()] === true);
export const countOrOff = z
  .string()
  .regex(/^(?:off|[1-9]\d{0,8})$/i, 'is neither off nor a whole number above 0')
  .transform((value) => (/^off$/i.test(value) ? null : Number(value)));
export const percent = z
  .string()
  .regex(/^(?:\d{1,2}|100)$/, 'is not a whole number from 0 to 100')
  .transform(Number);
export const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'is not a whole number above 0')
  .transform(Number);
const sizes: Record<string, number> = { kB: 1000, MB: 1_000_000, GB: 1_000_000_000 };
export const sizeOrOff = z
  .string()
  .regex(/^(?:off|[1-9]\d{0,5}(?:kB|MB|GB))$/i, 'is neither off nor a size: a whole number above 0 and kB, MB or GB')
  .transform((value) => {
    const unit = Object.keys(sizes).find((name) => name.toLowerCase() === value.slice(-2).toLowerCase());
    return unit === undefined ? null : Number(value.slice(0, -2)) * (sizes[unit] ?? 0);
  });
export const host = z.string().regex(/^[A-Za-z0-9_.:-]+$/, 'is not a host name or an address');
export const path = z.string().refine((value) => !value.includes('\0'), 'is not a path');
/** A scheme and a host, with nothing behind it. */
export const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** Which addresses before the API are proxies whose `X-Forwarded-For` counts: none, so many on the way, or those of these addresses and networks. */
export type TrustProxy = false | number | string[];
const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
};
export const trustProxy = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine(
    (parts) => (parts.length === 1 && /^(?:off|[1-9])$/i.test(parts[0] ?? '')) || parts.every(isNetwork),
    'is neither off, nor a number of proxies from 1 to 9, nor a list of addresses and networks',
  )
  .transform((parts): TrustProxy => (/^off$/i.test(parts[0] ?? '') ? false : /^\d$/.test(parts[0] ?? '') ? Number(parts[0]) : parts));

/** The setting as the framework takes it, which knows of no number of proxies: the first is the one that the connection comes from. */
export const trusting = (proxies: TrustProxy): false | string[] | ((address: string, hop: number) => boolean) =>
  typeof proxies === 'number' ? (_, hop) => hop < proxies : proxies;

/** A name of a key of C2SP signed-note, which has neither blanks nor plus signs. */
export const origin = z.string().regex(/^[^\s+\p{Cc}]{1,200}$/u, 'is not the name of a ledger, such as record.example/log');
