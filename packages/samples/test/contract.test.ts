import {
  type AspectDefinition,
  type ClaimValue,
  commandId,
  derivedId,
  loadVocabulary,
  type Prefix,
  partyBody,
  proposalBody,
  sentChange,
  sourceBody,
} from '@averment/domain';
import t from 'tap';
import { notes, samples } from '../src/data.ts';
import { parties } from '../src/parties.ts';
import { refsMadeBy, refsOfClaims, resolve } from '../src/resolve.ts';
import type { Change, Claim } from '../src/shapes.ts';

/** The samples against the contract's own schemas and vocabulary, with made-up ids. */

const command = commandId({ subject: 'samples', method: 'POST', path: '/', key: 'contract' });
const id = (prefix: Prefix, name: string) => derivedId(prefix, command, name);
const shared = new Map([
  ...parties.map(({ ref }): [string, string] => [ref, id('party', ref)]),
  ...notes.map(({ ref }): [string, string] => [ref, id('source', ref)]),
]);

type Schema = { safeParse(body: unknown): { success: boolean; error?: { message: string } } };
const fits = (t: Tap, schema: Schema, body: unknown, name: string) => t.equal(schema.safeParse(body).error?.message, undefined, name);
type Tap = Pick<typeof t, 'equal' | 'ok'>;

const vocabulary = loadVocabulary();
const takes = (aspect: AspectDefinition, value: ClaimValue | Claim['value']): boolean => {
  if (value.kind === 'none' || value.kind === 'unknown' || value.kind === 'withheld' || value.kind === 'sealed') return true;
  if (!aspect.kinds.includes(value.kind)) return false;
  if (value.kind === 'term') return aspect.terms.includes(value.value);
  return value.kind !== 'quantity' || (vocabulary.units.has(value.unit) && (aspect.units?.includes(value.unit) ?? true));
};
const inVocabulary = (t: Tap, claim: Claim, name: string) => {
  const aspect = vocabulary.aspects.get(claim.aspect);
  t.ok(aspect !== undefined && takes(aspect, claim.value), `${name} ${claim.ref}: a value of ${claim.aspect}`);
};

const prefixOf = ({ kind }: Change): Prefix => (kind === 'record_ruling' ? 'ruling' : kind === 'dispute_claim' ? 'dispute' : 'proceeding');

t.test('parties and notes are bodies of the contract', (t) => {
  for (const { ref, ...party } of parties) fits(t, partyBody, resolve({ ...party, aliases: [] }, shared), ref);
  for (const { ref, title, text } of notes) fits(t, sourceBody, { kind: 'other', title, language: 'en', text }, ref);
  t.end();
});

t.test('incidents and edits are bodies of the contract, in its vocabulary', (t) => {
  for (const { name, proposal, edits } of samples) {
    const ids = new Map(shared);
    const made = (changes: readonly Change[]) => {
      for (const change of changes) {
        if (typeof change.claim === 'object') ids.set(change.claim.ref, id('claim', `${name} ${change.claim.ref}`));
        else if (change.ref !== undefined) ids.set(change.ref, id(prefixOf(change), `${name} ${change.ref}`));
      }
    };
    fits(t, proposalBody, resolve(proposal, ids, refsOfClaims(proposal.claims)), name);
    for (const claim of proposal.claims) inVocabulary(t, claim, name);
    made(proposal.claims.map((claim) => ({ kind: 'add_claim', claim })));
    for (const { name: edit, changes, review } of edits) {
      for (const list of [changes, ...review.flatMap((step) => ('revise' in step ? [step.revise.changes] : []))]) {
        const sent = resolve(list, ids, refsMadeBy(list));
        for (const change of sent as unknown[]) fits(t, sentChange, change, `${name}, ${edit}`);
        for (const { claim } of list) if (typeof claim === 'object') inVocabulary(t, claim, `${name}, ${edit}`);
      }
      made(changes);
    }
  }
  t.end();
});
