import aliases from 'cldr-core/supplemental/aliases.json' with { type: 'json' };
import codes from 'cldr-core/supplemental/codeMappings.json' with { type: 'json' };
import subdivisions from 'cldr-core/supplemental/subdivisionContainment.json' with { type: 'json' };
import { z } from 'zod';

/** Countries and regions as Unicode's CLDR lists them from ISO 3166 (docs/decisions, 73). Codes that were withdrawn are not taken; what replaced them is told. */

const written = (code: string): string => `${code.slice(0, 2)}-${code.slice(2)}`.toUpperCase();

type Alias = { _reason: string; _replacement: string };
const { territoryAlias, subdivisionAlias } = aliases.supplemental.metadata.alias;
const replacements = (list: Record<string, Alias>, code: string): string[] => {
  const { _reason, _replacement = '' } = list[code] ?? {};
  return _reason === 'deprecated' ? _replacement.split(' ') : [];
};

const numbered: Record<string, { _numeric?: string; _alpha3?: string }> = codes.supplemental.codeMappings;
/** ISO 3166-1 assigns numbers below 900; those above are users' own, as that of `XK` is, which many use for Kosovo. */
const isAssigned = (code: string): boolean => Number(numbered[code]?._numeric) < 900 || code === 'XK';
export const countries: ReadonlySet<string> = new Set(
  Object.keys(numbered).filter((code) => /^[A-Z]{2}$/.test(code) && isAssigned(code) && replacements(territoryAlias, code).length === 0),
);
/** The codes of ISO 3166-2, of all levels. */
const regions: ReadonlySet<string> = new Set(
  Object.values(subdivisions.supplemental.subdivisionContainment)
    .flatMap(({ _contains }) => _contains)
    .map(written),
);

const withdrawn = (code: string, by: string[]): string =>
  by.length === 0 ? '' : `: ${code} was withdrawn, and ${by.join(', ')} ${by.length === 1 ? 'is' : 'are'} in its place`;

const countryError = 'must be an ISO 3166-1 alpha-2 code, like US';
/** An ISO 3166-1 alpha-2 code, or `XK`. */
export const country = z
  .string()
  .refine((code) => countries.has(code), {
    error: ({ input }) => {
      const code = String(input).slice(0, 20);
      return `${countryError}${withdrawn(code, replacements(territoryAlias, code))}`;
    },
  })
  .describe('An ISO 3166-1 alpha-2 code, like `US`; also `XK`');

const regionError = 'must be an ISO 3166-2 code, like US-MN';
/** An ISO 3166-2 code. */
export const region = z
  .string()
  .refine((code) => regions.has(code), {
    error: ({ input }) => {
      const code = String(input).slice(0, 20);
      const by = replacements(subdivisionAlias, code.replace('-', '').toLowerCase());
      return `${regionError}${withdrawn(code, by.map(written))}`;
    },
  })
  .describe('An ISO 3166-2 code of the country, like `US-MN`');
