import t from 'tap';
import { z } from 'zod';
import { editBody, partyBodies, proposalBody, withIds } from '../src/index.ts';

const [party, source, incident] = ['party', 'source', 'incident'].map((prefix) => `${prefix}_${'0'.repeat(26)}`);

/** The schema inside of those that only wrap it. */
const inner = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return inner(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return inner(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodArray ? inner(schema.element as z.ZodType) : schema;
};
type Member = { name: string; within: string; schema: z.ZodString };
/** All members of all objects of a body that are strings, or lists of them. */
const stringsIn = (given: z.ZodType, within = ''): Member[] => {
  const schema = inner(given);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => stringsIn(option as z.ZodType, within));
  if (!(schema instanceof z.ZodObject)) return [];
  const { kind } = schema.shape;
  const own = kind instanceof z.ZodLiteral ? String(kind.value) : within;
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, member]) => {
    const found = inner(member);
    return found instanceof z.ZodString ? [{ name, within: own, schema: found }] : stringsIn(found, own);
  });
};
const takes = ({ schema }: Member, value: string | undefined): boolean => schema.safeParse(value).success;

t.test('a ref may stand wherever the id of a party or source may, and is replaced there and nowhere else', async (t) => {
  const members = [proposalBody, editBody, partyBodies].flatMap((body) => stringsIn(body));
  t.ok(members.length > 100);
  const isId = (member: Member, id: string | undefined) => takes(member, id) && !takes(member, incident) && !takes(member, 'Two words.');
  let ids = 0;
  for (const member of members) {
    const what = `${member.within} ${member.name}`;
    const sent = { kind: member.within, [member.name]: 'one' };
    const prefix = isId(member, party) ? 'party' : isId(member, source) ? 'source' : null;
    // Who a party is not is told by those who know: of parties that are registered.
    if (prefix === null || member.name === 'distinctFrom') {
      t.same(withIds(sent, new Map([['one', { id: 'an id', prefix: 'party' }]])), { ok: true, value: sent }, what);
      continue;
    }
    ids += 1;
    t.ok(takes(member, 'one'), `${what} takes a ref`);
    t.same(withIds(sent, new Map([['one', { id: 'an id', prefix }]])), { ok: true, value: { ...sent, [member.name]: 'an id' } }, what);
    t.match(withIds(sent, new Map()), { ok: false, error: { errors: [{ pointer: `/${member.name}` }] } }, what);
  }
  t.ok(ids > 20);
});
