import t from 'tap';
import { TypeID } from 'typeid-js';
import { v5 } from 'uuid';
import { commandId, derivedId, eventId, isTypeId } from '../src/index.ts';

const uuid5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const of = { subject: 'ann', method: 'POST', path: '/v1/incidents', key: 'k1' };

t.test('a command has the same id whenever it is repeated, and another one when any part differs', async (t) => {
  t.match(commandId(of), uuid5);
  t.equal(commandId({ ...of }), commandId(of));
  for (const part of Object.keys(of)) t.not(commandId({ ...of, [part]: 'other' }), commandId(of), part);
  t.not(commandId({ ...of, subject: 'ann","POST' }), commandId({ ...of, method: 'POST","' }), 'parts do not run into one another');
});

t.test('the storage format: ids that are in every log', async (t) => {
  t.equal(commandId(of), '662e3ab7-123a-5d45-b67c-b4da4f03c61e');
  t.equal(derivedId('claim', commandId(of), 'ref:c1'), 'claim_5pavvvng96bm5s32fx1h6y6j02');
  t.equal(eventId(commandId(of), 0), 'd499cb11-7806-578a-87ac-7150cd1d4ec1');
});

t.test('derived ids are TypeIDs of UUIDv5', async (t) => {
  const id = derivedId('claim', commandId(of), 'ref:c1');
  t.ok(isTypeId('claim', id));
  t.match(TypeID.fromString(id, 'claim').toUUID(), uuid5);
  t.not(derivedId('claim', commandId(of), 'ref:c2'), id);
  t.not(eventId(commandId(of), 1), eventId(commandId(of), 0));
});

t.test('they are the UUIDs that a library makes', async (t) => {
  const command = commandId(of);
  for (let index = 0; index < 64; index += 1) t.equal(eventId(command, index), v5(`event:${index}`, command));
});

t.test('only the canonical form is an id', async (t) => {
  const id = derivedId('incident', commandId(of), 'x');
  const suffix = id.slice('incident_'.length);
  const wrong = [
    '',
    'incident',
    'incident_',
    `incident_8${suffix.slice(1)}`,
    id.toUpperCase(),
    `${id} `,
    `${id}0`,
    id.slice(0, -1),
    `claim_${suffix}`,
    suffix,
  ];
  for (const value of wrong) t.notOk(isTypeId('incident', value), value);
  for (const letter of 'ilou') t.notOk(isTypeId('incident', `incident_0${letter}${suffix.slice(2)}`), `${letter} is no digit of base32`);
});
