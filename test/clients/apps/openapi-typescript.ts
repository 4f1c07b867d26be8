import createClient from 'openapi-fetch';
import type { components, paths } from '../made/openapi-typescript';

type Value = components['schemas']['ClaimValue'];
const told = (value: Value): string => {
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
  const as = (key: string) => createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  const [contributor, reviewer] = [as(keys.contributor), as(keys.reviewer)];

  const text = 'The port police said that the lorry drove at the gate, and that one shot was fired.';
  const { data: source } = await contributor.POST('/v1/sources', { body: { kind: 'article', language: 'en', text } });
  const { data: party } = await contributor.POST('/v1/parties', { body: { kind: 'agency', name: 'Port police' } });
  if (!source || !party) throw new Error('nothing is registered');

  const claim = { speaker: party.id, capacity: 'spokesperson', stance: 'asserts' } as const;
  const { data: proposed, error } = await contributor.POST('/v1/incidents', {
    body: {
      title: 'A shot at the port',
      occurred: { date: '2026-02-03' },
      place: { text: 'the gate of the port', precision: 'exact' },
      agencies: [party.id],
      claims: [
        {
          ...claim,
          aspect: 'vehicle_motion',
          value: { kind: 'boolean', value: true },
          statement: 'The port police say that the lorry drove at the gate.',
          citations: [{ source: source.id, quote: { exact: 'the lorry drove at the gate' } }],
        },
        {
          ...claim,
          aspect: 'shots_fired',
          value: { kind: 'quantity', value: '1', unit: 'shot', comparator: 'exact' },
          statement: 'The port police say that one shot was fired.',
          citations: [{ source: source.id, quote: { exact: 'one shot was fired' } }],
        },
      ],
      rationale: 'A note on it.',
    },
  });
  if (!proposed) throw new Error(error.detail);

  const path = { id: proposed.incidentId, edit: proposed.edit };
  const { data: decided } = await reviewer.POST('/v1/incidents/{id}/edits/{edit}/decision', {
    params: { path, header: { 'If-Match': proposed.etag } },
    body: { decision: 'approve' },
  });
  const minPosition = decided?.position ?? '';
  const { data: list } = await reviewer.GET('/v1/incidents', { params: { query: { limit: 1, hasRuling: false, minPosition } } });
  const { data: incident } = await reviewer.GET('/v1/incidents/{id}', { params: { path: { id: list?.items[0]?.id ?? '' } } });
  return (incident?.claims ?? []).map(({ aspect, value }) => `${aspect}: ${told(value)}`);
};
