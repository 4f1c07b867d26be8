import type { Harness } from './harness.ts';
import { expect, text } from './story.ts';

/** Edits of a party, of one change each, as a contributor submits and reviewers decide them. */

export const submitOf = async ({ ask, read }: Harness, party: string, change: object) => {
  const { version } = expect(await read(`/v1/parties/${party}`, { key: 'reviewer' }), 200).body;
  const body = { baseRevision: Number(version), rationale: 'It is so.', changes: [change] };
  return ask('POST', `/v1/parties/${party}/edits`, { key: 'contributor', body });
};

export const voteOn = async ({ ask, read }: Harness, party: string, edit: unknown, key: 'reviewer' | 'reviewer2' = 'reviewer') => {
  const path = `/v1/parties/${party}/edits/${edit}`;
  const now = expect(await read(path, { key: 'reviewer' }), 200);
  const body = { decision: 'approve', reason: 'Looked at.' };
  return ask('POST', `${path}/decision`, { key, headers: { 'if-match': text(now, 'etag') }, body });
};
