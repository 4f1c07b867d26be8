import { proposedOf } from '../incident/proposal.ts';
import type { Incident } from '../incident/state.ts';
import type { Claim } from '../incident/things/claim.ts';
import type { IncidentFields } from '../incident/things/incident.ts';
import { isPrivatePerson } from '../party/party.ts';
import { dayRange } from '../values/time.ts';
import type { Vocabulary } from '../values/vocabulary.ts';
import { type PersonName, personNames } from './people.ts';
import { type Body, bodyOf, type Locality, localityOf } from './words.ts';

/** What incidents are compared by. It is derived from texts, and is made anew when one of them is erased. */

/** `harmed`: a claim says so of the person. `age` in years, from and to. `isPrivate`: the public may know nothing of it. */
export type ProfilePerson = {
  id: string;
  role: 'harmed' | 'other';
  names: PersonName[];
  age: { low: number; high: number } | null;
  isPrivate: boolean;
};
/**
 * `members`: the incident, and those that it absorbed. `distinct`: the incidents from which one of them was distinguished. Days are counted from 1970-01-01.
 * `isFine`: the point is that of a street or closer.
 */
export type Profile = {
  id: string;
  members: string[];
  distinct: string[];
  days: { from: number; to: number } | null;
  country: string | null;
  region: string | null;
  locality: Locality | null;
  point: { lat: number; lon: number; isFine: boolean } | null;
  agencies: { id: string; names: Body[] }[];
  people: ProfilePerson[];
  sources: { id: string; url: string | null }[];
};

/** Names that were erased are left out. */
type Named = { kind: string; private: boolean; names: readonly string[] };
/** What has to be known of a party. `survivor`: the party that it is said to be; null unless it is merged. */
export type ProfileParty = Named & { survivor: (Named & { id: string }) | null };
/** What the profile looks up. An address that was erased is null. */
export type ProfileFacts = {
  vocabulary: Vocabulary;
  parties: (id: string) => ProfileParty | undefined;
  sources: (id: string) => { url: string | null } | undefined;
};

/** Of each incident no more are compared, so that a comparison takes little time whatever was sent: those who were harmed before others. */
const most = { people: 8, agencies: 12, sources: 24, names: 3 } as const;

type ClaimOf = Pick<Claim, 'aspect' | 'about' | 'value' | 'citations'>;

/** What is known of an incident that is on record, or of a proposal. `members` and `distinct` come from the streams that merges tie to it. */
export type ProfileInput = { id: string; fields: IncidentFields | null; claims: readonly ClaimOf[]; members: string[]; distinct: string[] };

/** What an incident has to be compared by: of one that is not published, what the proposal's last version says. */
export const profileContent = (state: Incident): Pick<ProfileInput, 'fields' | 'claims'> => {
  if (state.recordRevision !== null)
    return { fields: state.fields, claims: [...state.claims.values()].filter(({ retracted }) => !retracted).map(({ claim }) => claim) };
  return proposedOf(state);
};

const partyIn = ({ value }: ClaimOf): string | null => (value?.kind === 'party' ? value.value : null);
const isPerson = (kind: string): boolean => kind === 'person' || kind === 'described_role';

/** The parties and sources that a profile of this content looks up. */
export const profileNames = ({
  fields,
  claims,
}: Pick<ProfileInput, 'fields' | 'claims'>): { parties: Set<string>; sources: Set<string> } => ({
  parties: new Set([...(fields?.agencies ?? []), ...claims.flatMap((claim) => [claim.about ?? [], partyIn(claim) ?? []].flat())]),
  sources: new Set(claims.flatMap(({ citations }) => citations.map(({ source }) => source))),
});

const daysOf = (date: string | null | undefined): Profile['days'] => {
  if (date === null || date === undefined) return null;
  const { lower, upper } = dayRange(date);
  return Number.isFinite(lower) && Number.isFinite(upper) ? { from: lower, to: upper } : null;
};

const ageIn = ({ aspect, value }: ClaimOf): ProfilePerson['age'] => {
  if (aspect !== 'age' || value?.kind !== 'quantity' || value.unit !== 'year') return null;
  return { low: Number(value.value), high: Number(value.upper ?? value.value) };
};

/** Fine enough that two points near one another say something. */
const fine: ReadonlySet<string> = new Set(['exact', 'street', 'road', 'neighbourhood']);

/** An address as it is compared: without what says how it is fetched or where somebody came from. */
export const plainUrl = (url: string): string => {
  if (!URL.canParse(url)) return url;
  const { hostname, pathname, searchParams } = new URL(url);
  for (const name of [...searchParams.keys()]) if (/^(?:utm_\w+|fbclid|gclid|ref|smid)$/.test(name)) searchParams.delete(name);
  searchParams.sort();
  const asked = searchParams.toString();
  return `${hostname.replace(/^(?:www|m|amp)\./, '')}${pathname.replace(/\/(?:amp\/?|index\.html?)?$/, '')}${asked === '' ? '' : `?${asked}`}`;
};

const saysNo = ({ value }: ClaimOf): boolean => value?.kind === 'none' || (value?.kind === 'boolean' && !value.value);

/** The people of whom something is claimed. Whoever speaks is none of them: a spokesperson speaks of many incidents. Who is merged counts as the survivor. */
const peopleOf = (claims: readonly ClaimOf[], { vocabulary, parties }: ProfileFacts): ProfilePerson[] => {
  const found = new Map<string, ProfilePerson>();
  const named = new Set<string>();
  for (const claim of claims) {
    for (const id of [claim.about, partyIn(claim)]) {
      const party = id === null || id === undefined ? undefined : parties(id);
      if (!party || !isPerson(party.kind) || typeof id !== 'string') continue;
      const own = party.survivor?.id ?? id;
      const one = [party, party.survivor].filter((each) => each !== null);
      const isPrivate = one.some(isPrivatePerson);
      const person = found.get(own) ?? { id: own, role: 'other' as const, names: [], age: null, isPrivate };
      const names = named.has(id) ? [] : one.flatMap((each) => (each.kind === 'person' ? each.names.flatMap(personNames) : []));
      named.add(id);
      const isHarmed = id === claim.about && vocabulary.aspects.get(claim.aspect)?.group === 'harm' && !saysNo(claim);
      const age = id === claim.about ? ageIn(claim) : null;
      found.set(own, {
        ...person,
        names: [...person.names, ...names].slice(0, most.names),
        ...(isHarmed && { role: 'harmed' }),
        age: person.age ?? age,
        isPrivate: person.isPrivate || isPrivate,
      });
    }
  }
  const inOrder = sorted([...found.values()]);
  const isHarmed = ({ role }: ProfilePerson) => role === 'harmed';
  return [...inOrder.filter(isHarmed), ...inOrder.filter((person) => !isHarmed(person))].slice(0, most.people);
};

const sorted = <T extends { id: string }>(list: T[]): T[] => list.sort((one, other) => (one.id < other.id ? -1 : 1));

/** The bodies that took part: those listed, and those that claims say it of. */
const agenciesOf = (fields: IncidentFields | null, claims: readonly ClaimOf[], { parties }: ProfileFacts): Profile['agencies'] => {
  const claimed = claims.filter(({ aspect }) => aspect === 'agency_involved' || aspect === 'shooter').map(partyIn);
  const found = new Map<string, Body[]>();
  for (const id of new Set([...(fields?.agencies ?? []), ...claimed.filter((id) => id !== null)])) {
    const party = parties(id);
    if (!party || isPerson(party.kind)) continue;
    const own = party.survivor?.id ?? id;
    const names = [...party.names, ...(party.survivor?.names ?? [])].flatMap((name) => bodyOf(name) ?? []);
    found.set(own, [...(found.get(own) ?? []), ...names].slice(0, most.names));
  }
  return sorted([...found].map(([id, names]) => ({ id, names }))).slice(0, most.agencies);
};

/** Makes the profile of an incident. Total: what is absent was erased or is not known. */
export const profileOf = ({ id, fields, claims, members, distinct }: ProfileInput, facts: ProfileFacts): Profile => {
  const { country = null, region = null, locality, point = null, precision = 'region' } = fields?.place ?? {};
  const { sources } = profileNames({ fields, claims });
  return {
    id,
    members: [...members].sort(),
    distinct: [...distinct].sort(),
    days: daysOf(fields?.occurred.date),
    country,
    region,
    locality: localityOf(locality),
    point: point && { ...point, isFine: fine.has(precision) },
    agencies: agenciesOf(fields, claims, facts),
    people: peopleOf(claims, facts),
    sources: sorted([...sources].map((source) => ({ id: source, url: urlOf(facts.sources(source)?.url ?? null) }))).slice(0, most.sources),
  };
};
const urlOf = (url: string | null): string | null => url && plainUrl(url);

/** The profile as far as the public may know of it: nothing of private people, and no age, which describes somebody. */
export const publicProfile = (profile: Profile): Profile => ({
  ...profile,
  people: profile.people.filter(({ isPrivate }) => !isPrivate).map((person) => ({ ...person, age: null })),
});
