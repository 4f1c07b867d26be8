import { answerOf, taggedAnswerOf } from './answers.ts';
import type { Api } from './api.ts';
import type { Schemas } from './schemas.ts';

/** A moment: a day or time, a position of the log, or a revision of the incident. */
export type AsOf = { asOf: string } | { asOfPosition: string } | { asOfRevision: number };

/** An incident as it was. */
export type Past = {
  incident: Schemas['Incident'];
  /** The position and the revision that were used. */
  position: string;
  revision: number;
  /** Up to when the answer goes, where a day or time was asked for. */
  until: string | null;
};

/** What the record said of an incident at a moment (docs/api.md, 13). Throws `Refused`, as with 404 where it was not published then. */
export const incidentAsOf = async (api: Api, id: string, at: AsOf): Promise<Past> => {
  const { body, headers } = await taggedAnswerOf(api.GET('/v1/incidents/{id}', { params: { path: { id }, query: at } }));
  return {
    incident: body,
    position: headers.get('averment-as-of') ?? '',
    revision: Number(headers.get('averment-as-of-revision')),
    until: headers.get('averment-as-of-time'),
  };
};

/** What an incident says otherwise at a revision than at an earlier one. */
export const compareRevisions = (api: Api, id: string, from: number, to: number): Promise<Schemas['Diff']> =>
  answerOf(api.GET('/v1/incidents/{id}/diff', { params: { path: { id }, query: { from, to } } }));
