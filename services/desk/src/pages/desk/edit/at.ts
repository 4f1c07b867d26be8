import type { Api } from '@averment/client';
import { answerOf } from '../../../answers.ts';

const rooms = { incident: 'incidents', source: 'sources', party: 'parties' } as const;
type Prefix = keyof typeof rooms;

/** Where an edit is in the API: edits of incidents, sources and parties have the same shape at three places. */
export type EditAt = { room: (typeof rooms)[Prefix]; subject: string; edit: number };

const isPrefix = (text: string): text is Prefix => Object.hasOwn(rooms, text);

/** The place that a page's address names. Throws what is shown as a missing page where it names none. */
export const editAt = ({ subject = '', edit = '' }: Readonly<Record<string, string>>): EditAt => {
  const [prefix = ''] = subject.split('_');
  if (!isPrefix(prefix) || !/^\w+$/.test(subject) || !/^[1-9]\d{0,8}$/.test(edit))
    throw Object.assign(new Error('No edit is at this address. It may have been mistyped.'), { statusCode: 404 });
  return { room: rooms[prefix], subject, edit: Number(edit) };
};

/** The page of anything that the record gives an id; what stands in an incident is on that incident's page. */
export const thingHref = (id: string, incident: string | null): string | null => {
  const [prefix = ''] = id.split('_');
  if (isPrefix(prefix)) return `/${rooms[prefix]}/${id}`;
  return incident === null ? null : `/incidents/${incident}#${id}`;
};

export const readEdit = (api: Api, { room, subject, edit }: EditAt) =>
  answerOf(api.GET(`/v1/${room}/{id}/edits/{edit}`, { params: { path: { id: subject, edit } } }));
export const readPreview = (api: Api, { room, subject, edit }: EditAt) =>
  answerOf(api.GET(`/v1/${room}/{id}/edits/{edit}/preview`, { params: { path: { id: subject, edit } } }));

export type Edit = Awaited<ReturnType<typeof readEdit>>;
export type Preview = Awaited<ReturnType<typeof readPreview>>;
export type Change = Edit['versions'][number]['changes'][number];
