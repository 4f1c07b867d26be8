import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import type { Asked } from '../../page.ts';
import { originalsOf } from './at-hand.ts';
import type { Originals, Tree } from './decode.ts';

/** What an edit is of: an incident that is proposed, or something on record as it is now. */
export type Subject = {
  of: 'new' | 'incident' | 'source' | 'party';
  id: string;
  title: string;
  /** The revision that an edit is based on. */
  revision: number;
  incident: Schemas['Incident'] | null;
  originals: Originals;
};

export const proposed: Subject = { of: 'new', id: '', title: '', revision: 0, incident: null, originals: () => undefined };

/** Reads what has this id. */
export const subjectOf = async ({ api }: Asked, id: string): Promise<Subject> => {
  const params = { path: { id } };
  const registered = (of: 'source' | 'party', title: string | null, one: { version: number }): Subject => ({
    ...{ of, id, title: title ?? id, revision: one.version, incident: null },
    originals: (target) => (target === null ? (one as unknown as Tree) : undefined),
  });
  if (id.startsWith('source_')) {
    const source = await answerOf(api.GET('/v1/sources/{id}', { params }));
    return registered('source', source.title, source);
  }
  if (id.startsWith('party_')) {
    const party = await answerOf(api.GET('/v1/parties/{id}', { params }));
    return registered('party', party.name, party);
  }
  const incident = await answerOf(api.GET('/v1/incidents/{id}', { params }));
  return { of: 'incident', id, title: incident.title ?? id, revision: incident.revision ?? 0, incident, originals: originalsOf(incident) };
};
