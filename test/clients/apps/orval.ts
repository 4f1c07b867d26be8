import { type ClaimValue, decideEdit, listIncidents, proposeIncident, readIncident, registerParty, registerSource } from '../made/orval';

const told = (value: ClaimValue): string => {
  switch (value.kind) {
    case 'boolean':
      return value.value ? 'yes' : 'no';
    case 'quantity':
      return `${value.comparator} ${value.value} ${value.unit}`;
    case 'text':
      return value.value ?? 'erased';
    case 'unknown':
    case 'none':
    case 'withheld':
    case 'sealed':
      return value.kind;
    default:
      return value.value;
  }
};

/** Proposes an incident, approves it as another, and tells what is claimed of it. What is asked is relative: the caller's `fetch` knows the service. */
export const run = async (_url: string, keys: { contributor: string; reviewer: string }): Promise<string[]> => {
  const as = (key: string, more: Record<string, string> = {}) => ({ headers: { authorization: `Bearer ${key}`, ...more } });
  const text = 'The harbour master said that nobody was shot, and that the ferry stopped.';
  const source = await registerSource({ kind: 'post', language: 'en', text }, as(keys.contributor));
  const party = await registerParty({ kind: 'described_role', name: 'the harbour master' }, as(keys.contributor));
  if (source.status !== 201 || party.status !== 201) throw new Error('nothing is registered');

  const claim = { speaker: party.data.id, capacity: 'official', stance: 'asserts' } as const;
  const proposed = await proposeIncident(
    {
      title: 'The ferry stops',
      occurred: { date: '2026-02-05' },
      place: null,
      claims: [
        {
          ...claim,
          aspect: 'shots_fired',
          value: { kind: 'none' },
          statement: 'The harbour master says that there were no shots.',
          citations: [{ source: source.data.id, quote: { exact: 'nobody was shot' } }],
        },
      ],
      rationale: 'The harbour master wrote it.',
    },
    as(keys.contributor),
  );
  if (proposed.status !== 201) throw new Error(proposed.data.detail);

  const { incidentId, edit, etag } = proposed.data;
  const decided = await decideEdit(incidentId, edit, { decision: 'approve' }, as(keys.reviewer, { 'if-match': etag }));
  if (decided.status !== 200) throw new Error(decided.data.detail);
  const list = await listIncidents({ limit: 1, hasRuling: false, minPosition: decided.data.position });
  if (list.status !== 200) throw new Error('there is no list');
  const incident = await readIncident(list.data.items[0]?.id ?? '');
  if (incident.status !== 200) throw new Error('it is not there');
  return incident.data.claims.map(({ aspect, value }) => `${aspect}: ${told(value)}`);
};
