import { type Client, expectStatus, type Json } from '../e2e/client.ts';

const text =
  'The river police said that the boat drove at the officers. A fisherman said that it was drifting away, and that its owner is 40 years old.';

/** Submits an edit, and waits until others find it. */
export const submit = async (author: Client, path: string, edit: object): Promise<Json> => {
  const submitted = expectStatus(await author.send('POST', path, edit), 201);
  expectStatus(await author.get(`/v1/me/edits?limit=1&minPosition=${submitted.position}`), 200);
  return submitted;
};

/**
 * Proposes an incident with two claims: what a fisherman says of the age of the boat's owner, which takes two approvals, and that it was drifting. Answers
 * the incident's id. `hidden` is put into the text that is quoted.
 */
export const proposeIncident = async (contributor: Client, title: string, hidden = ''): Promise<string> => {
  const send = async (path: string, body: object) => String(expectStatus(await contributor.send('POST', path, body), 201).id);
  const note = { kind: 'other', publisher: 'Desk test', title: `Note on ${title}`, language: 'en', text: `${text} ${hidden} ${title}.` };
  const source = await send('/v1/sources', note);
  const fisherman = await send('/v1/parties', { kind: 'described_role', name: `a fisherman of ${title}` });
  const owner = await send('/v1/parties', { kind: 'described_role', name: `the owner of ${title}` });
  const said = { speaker: fisherman, capacity: 'eyewitness', stance: 'asserts', about: owner };
  const age = {
    ...said,
    ref: 'age',
    aspect: 'age',
    value: { kind: 'quantity', value: '40', unit: 'year', comparator: 'exact' },
    statement: 'A fisherman says that the owner is 40 years old.',
    citations: [{ source, quote: { exact: 'its owner is 40 years old' } }],
  };
  const motion = {
    ...said,
    ref: 'motion',
    aspect: 'vehicle_motion',
    stance: 'denies',
    value: { kind: 'boolean', value: true },
    statement: 'A fisherman says that the boat was drifting away.',
    citations: [{ source, quote: { exact: 'it was drifting away' } }],
  };
  const proposal = {
    title,
    occurred: { date: '2026-04-06', timeZone: 'Europe/London' },
    place: { text: 'the lock', locality: 'Lockwell', country: 'GB', precision: 'locality' },
    agencies: [],
    claims: [motion, age],
    rationale: `The first note on ${title}.`,
  };
  return String((await submit(contributor, '/v1/incidents', proposal)).incidentId);
};
