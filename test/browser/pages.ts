import { client, expectStatus, type Json, type Keys } from '../e2e/client.ts';
import type { Server } from '../e2e/server.ts';

/** What stands in the record of a service that has the samples. */
export type State = {
  /** The id of the incident whose title has these words. */
  incident(words: string): string;
  /** The id of the source whose title, and of the party whose name, has these words. */
  source(words: string): string;
  party(words: string): string;
};

/** A page by its name: each of them is tested for whether everybody can use it, and stands in the pictures. */
export type NamedPage = {
  /** Of its picture, as in `docs/desk/start.webp`. */
  name: string;
  /** What is seen there, in words. */
  title: string;
  /** Whose key it is opened with; nobody's unless it is said. */
  as?: keyof Keys;
  path(state: State): string;
  /** Of its answer; 200 unless it is said. */
  status?: number;
};

export const namedPages: readonly NamedPage[] = [
  { name: 'start', title: 'The start page', path: () => '/' },
  { name: 'start-signed-in', title: 'The start page of who reviews', as: 'reviewer', path: () => '/' },
  { name: 'sign-in', title: 'Signing in', path: () => '/sign-in' },
  { name: 'incident', title: 'An incident', path: ({ incident }) => `/incidents/${incident('Brooklyn')}` },
  { name: 'incident-past', title: 'The past of an incident', path: ({ incident }) => `/incidents/${incident('Brooklyn')}/past` },
  { name: 'incident-diff', title: 'The differences of two days', path: ({ incident }) => `/incidents/${incident('Brooklyn')}/diff` },
  { name: 'incident-history', title: 'The events of an incident', path: ({ incident }) => `/incidents/${incident('Brooklyn')}/history` },
  {
    name: 'incident-explain',
    title: 'Why a claim says what it says',
    path: ({ incident }) => `/incidents/${incident('Brooklyn')}/explain?pointer=/claims/0`,
  },
  { name: 'incident-event', title: 'An event of an incident', path: ({ incident }) => `/incidents/${incident('Brooklyn')}/events/30` },
  {
    name: 'contribute-incident',
    title: 'Which incident to add to',
    as: 'contributor',
    path: () => '/desk/contribute/incident',
  },
  {
    name: 'audit-event',
    title: 'The record after an event',
    as: 'auditor',
    path: ({ incident }) => `/desk/audit/${incident('Brooklyn')}/30`,
  },
  { name: 'desk', title: 'The desk of who reviews', as: 'reviewer', path: () => '/desk' },
  { name: 'desk-contributor', title: 'The desk of who contributes', as: 'contributor', path: () => '/desk' },
  { name: 'me', title: 'Who has signed in', as: 'contributor', path: () => '/desk/me' },
  { name: 'tips', title: 'Tips of outsiders', as: 'reviewer', path: () => '/desk/tips?state=all' },
  { name: 'statistics', title: 'How the review goes', as: 'reviewer', path: () => '/desk/statistics' },
  { name: 'queue', title: 'The queue of the review', as: 'reviewer', path: () => '/desk/queue' },
  { name: 'edit', title: 'An edit beside the record', as: 'reviewer', path: ({ incident }) => `/desk/edits/${incident('Ontario')}/3` },
  {
    name: 'edit-correction',
    title: 'A correction that was approved',
    as: 'reviewer',
    path: ({ incident }) => `/desk/edits/${incident('Brooklyn')}/4`,
  },
  { name: 'incidents', title: 'The list of incidents', path: () => '/incidents?q=vehicle' },
  { name: 'sources', title: 'The list of sources', path: () => '/sources' },
  { name: 'parties', title: 'People and bodies', path: () => '/parties' },
  { name: 'source', title: 'A source', path: ({ source }) => `/sources/${source('Phoenix')}` },
  { name: 'source-text', title: 'The text of a source', as: 'contributor', path: ({ source }) => `/sources/${source('Phoenix')}/text` },
  { name: 'party', title: 'An agency, and how its claims stand', path: ({ party }) => `/parties/${party('Immigration and Customs')}` },
  { name: 'corrections', title: 'What was corrected', path: () => '/corrections' },
  { name: 'takedowns', title: 'What was taken out', path: () => '/takedowns' },
  { name: 'about', title: 'What this record is', path: () => '/about' },
  { name: 'contribute', title: 'Where contributors begin', as: 'contributor', path: () => '/desk/contribute' },
  { name: 'contribute-source', title: 'A new source', as: 'contributor', path: () => '/desk/contribute/source' },
  {
    name: 'contribute-claims',
    title: 'Claims by form, beside the text that they quote',
    as: 'contributor',
    path: ({ incident }) => `/desk/contribute/claims?incident=${incident('Brooklyn')}`,
  },
  {
    name: 'contribute-change',
    title: 'A ruling by form',
    as: 'contributor',
    path: ({ incident }) => `/desk/contribute/change?kind=record_ruling&incident=${incident('Brooklyn')}`,
  },
  { name: 'tip', title: 'Saying that something is wrong', path: () => '/tips/new' },
  { name: 'audit', title: 'What auditors find', as: 'auditor', path: () => '/desk/audit' },
  { name: 'replay', title: 'A record event by event', as: 'auditor', path: ({ incident }) => `/desk/audit/${incident('Washington')}` },
  { name: 'operations', title: 'What waits for an admin', as: 'admin', path: () => '/desk/admin' },
  { name: 'parked', title: 'Parked events', as: 'admin', path: () => '/desk/admin/parked' },
  { name: 'keys', title: 'Keys', as: 'admin', path: () => '/desk/admin/keys' },
  { name: 'people', title: 'Whose a subject is', as: 'admin', path: () => '/desk/admin/people?subject=reviewer' },
  { name: 'policy', title: 'The rules of the review', as: 'admin', path: () => '/desk/admin/policy' },
  { name: 'erasures', title: 'Requests of erasures', as: 'contributor', path: () => '/desk/erasures' },
  { name: 'missing', title: 'A page that is not there', path: () => '/nowhere', status: 404 },
];

/** Of a service that was started with the samples. */
export const stateOf = async ({ url }: Server): Promise<State> => {
  const idIn = async (list: string, called: string) => {
    const items = expectStatus(await client(url, null).get(`/v1/${list}?limit=100`), 200).items as Json[];
    return (words: string): string => {
      const found = items.filter((item) => String(item[called]).includes(words));
      if (found.length !== 1) throw new Error(`${found.length} of ${list} have "${words}" in their ${called}`);
      return String(found[0]?.id);
    };
  };
  return { incident: await idIn('incidents', 'title'), source: await idIn('sources', 'title'), party: await idIn('parties', 'name') };
};

/** How to open one of them. */
export const visitOf = ({ path, as }: NamedPage, { url, keys }: Server, state: State): { url: string; key?: string } => ({
  url: new URL(path(state), url).href,
  ...(as !== undefined && { key: keys[as] }),
});
