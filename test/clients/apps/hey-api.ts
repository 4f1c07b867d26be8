import { client } from '../made/hey-api/client.gen';
import { decideEdit, listIncidents, proposeIncident, readIncident, registerParty, registerSource } from '../made/hey-api/sdk.gen';
import type { ClaimValue } from '../made/hey-api/types.gen';

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

/** Proposes an incident, approves it as another, and tells what is claimed of it. */
export const run = async (url: string, keys: { contributor: string; reviewer: string }): Promise<string[]> => {
  client.setConfig({ baseUrl: url, throwOnError: true, auth: keys.contributor });
  const text = 'A warden said that the van stood at the quay, and that two shots were fired.';
  const { data: source } = await registerSource({ body: { kind: 'transcript', language: 'en', text }, throwOnError: true });
  const { data: party } = await registerParty({ body: { kind: 'described_role', name: 'a warden of the quay' }, throwOnError: true });

  const claim = { speaker: party.id, capacity: 'eyewitness' } as const;
  const { data: proposed } = await proposeIncident({
    body: {
      title: 'Shots at the quay',
      occurred: { date: '2026-02-04' },
      place: null,
      claims: [
        {
          ...claim,
          stance: 'denies',
          aspect: 'vehicle_motion',
          value: { kind: 'boolean', value: true },
          statement: 'A warden says that the van stood.',
          citations: [{ source: source.id, quote: { exact: 'the van stood at the quay' } }],
        },
        {
          ...claim,
          stance: 'asserts',
          aspect: 'shots_fired',
          value: { kind: 'quantity', value: '2', unit: 'shot', comparator: 'exact' },
          statement: 'A warden says that two shots were fired.',
          citations: [{ source: source.id, quote: { exact: 'two shots were fired' } }],
        },
      ],
      rationale: 'A warden told it.',
    },
    throwOnError: true,
  });

  client.setConfig({ baseUrl: url, throwOnError: true, auth: keys.reviewer });
  const { data: decided } = await decideEdit({
    path: { id: proposed.incidentId, edit: proposed.edit },
    headers: { 'If-Match': proposed.etag },
    body: { decision: 'approve' },
    throwOnError: true,
  });
  const query = { limit: 1, hasRuling: false, minPosition: decided.position };
  const { data: list } = await listIncidents({ query, throwOnError: true });
  const { data: incident } = await readIncident({ path: { id: list.items[0]?.id ?? '' }, throwOnError: true });
  return incident.claims.map(({ aspect, value }) => `${aspect}: ${told(value)}`);
};
