import { z } from 'zod';
import type { Envelope } from '../../log/envelope.ts';
import type { Cause } from '../../policy/rules.ts';
import type { Keys } from '../../review/conflicts.ts';
import type { Tell } from '../../rules/contradictions.ts';
import { placedCitations } from '../../source/citation.ts';
import { reasonText } from '../../values/shapes.ts';
import { concealed, text } from '../../views/documents/parts.ts';
import type { Draft, Report } from '../draft.ts';
import type { Naming } from '../naming.ts';
import type { Resolving } from '../resolving.ts';
import type { IncidentRecord } from '../state.ts';
import type { Claim } from '../things/claim.ts';
import type { Effect } from '../things/ruling.ts';

/** Things of the record that a change can make. */
export type Made = 'claim' | 'dispute' | 'proceeding' | 'ruling';

/** A form that a kind had before: how its event's data of that schema number, and its changes in edits of that one, become the next form. */
export type OlderForm = { schema: number; inEdits: number; upcast: (data: Record<string, unknown>) => Record<string, unknown> };

/** Before citations said page and times: the event's form up to then. */
export const unplaced = (schema: number): OlderForm => ({ schema, inEdits: 5, upcast: (data) => placedCitations(data) });

/** Which fields of which thing a change sets, for what can be corrected; and the correction that it is. */
export type FieldsSet = { target: string; correction: string | null };

/**
 * What the undoing of a change is made of: the record `before` the change and as it is `now`, both with their texts, why, and where its event stands.
 */
export type Undoing = {
  before: IncidentRecord;
  now: IncidentRecord;
  reason: string;
  event: Pick<Envelope, 'stream' | 'revision' | 'last'>;
};
/** The change, as it is read, that undoes another one; or, in words, why nothing does. */
export type Inverse = { kind: string } | string;

/** What one kind of change does. `Sent` and `Change` are its two forms, each with its `kind`. */
export type Behaviour<Sent, Change> = {
  /** Forms of before, oldest first. */
  older: readonly OlderForm[];
  /** In a proposal the first change `opens` it and those `anywhere` follow; an edit of a published incident takes all but the first. */
  place: 'opens' | 'anywhere' | 'later';
  /** Whether an incident that is merged or retracted takes the change. */
  takenWhen(status: 'merged' | 'retracted', change: Change): boolean;
  makes: Made | null;
  /** What it makes on another record, and the id that it gives it. */
  makesElsewhere: { thing: Made; id(change: Change): string } | null;
  /** Fields in which it speaks of itself, beside what it does: a correction can set them anew. */
  own: readonly string[];
  /** Where in the change as sent the thing stands that it is about, as a JSON Pointer. */
  within: string;
  /** The ref that the change gives to what it makes. */
  refOf(sent: Sent): string | null;
  /** The id that what it makes had where the change was read; null where it is new. */
  idOf(sent: Sent): string | null;
  /** What the change acts on, so that it has to come after the change that makes it. */
  actsOn(change: Change): string | null;
  /** Refs become ids, and citations get both quote and position. */
  resolve(sent: Sent, at: Resolving): Change;
  /** Notes what is wrong with the change on the record as the changes before it leave it, and leaves the draft as it would be after it. Reads no text. */
  check(draft: Draft, report: Report, change: Change): void;
  /** The keys of the record that it reads and writes (docs/rules.md, conflicts 10), beside `status`, which every change reads. */
  keys(change: Change): Keys;
  /** Folds it into the record, in place. Total; a text that is absent was erased or not asked for. The change's parts are shared and never changed. */
  evolve(record: IncidentRecord, change: Change, event: Envelope): void;
  /**
   * What it sets of the record, where nothing else of it remains there: the next change that sets the same takes its place. Null for a change that stays.
   */
  onlySets(change: Change): string | null;
  /** What it does, in words, as an edit is told that takes more approvals for it. */
  does: string;
  /** For what of it, beside its kind, the rules may ask for more approvals. */
  causes(change: Change): readonly Cause[];
  /** The thing that it brings: what the policy asks of a thing's fields is asked of this one. */
  brings(change: Change): Naming;
  /** What it touches beside what it names. */
  touches(change: Change, record: TouchedRecord): readonly string[];
  sets(change: Change, incident: string): FieldsSet | null;
  /** Claims of the record of which a decision has to know the parties. */
  claimsAsked(change: Change, record: Pick<IncidentRecord, 'claims'>): readonly (string | null | undefined)[];
  /** Other incidents of which a decision has to know the status. */
  incidentsAsked(change: Change): readonly string[];
  /** Tells where what it brings contradicts itself, and leaves the claims as they would be after it. A text that is absent is passed over. */
  tells(change: Change, claims: ClaimsTold, tell: Tell): void;
  /** What undoes it. What others made of the record since is never undone with it. */
  inverse(change: Change, undoing: Undoing): Inverse;
  /** The change as `read` has it: what is read can be sent. Erased texts are null. `ref` tells the ref of an id that the edit made. */
  document(change: Change, ref: (id: string) => string | null): Record<string, unknown>;
};

/** Claims with their texts, as the changes before have left them. */
export type ClaimsTold = { get(id: string): Claim | undefined; set(id: string, claim: Claim): void };

/** The record as far as changes can touch it. */
export type TouchedRecord = Pick<IncidentRecord, 'claims' | 'disputes' | 'proceedings' | 'rulings' | 'namedBy'>;

/** What most kinds have in common; a kind says of these what is otherwise. */
export const usual = {
  older: [],
  place: 'later',
  takenWhen: () => false,
  makes: null,
  makesElsewhere: null,
  own: [],
  within: '',
  refOf: () => null,
  idOf: () => null,
  actsOn: () => null,
  brings: (change: Naming): Naming => change,
  touches: () => [],
  sets: () => null,
  onlySets: () => null,
  claimsAsked: () => [],
  incidentsAsked: () => [],
  tells: () => undefined,
  causes: (): readonly Cause[] => [],
} as const;

/** What the kinds have in common that are stored as they are sent: fields of structure, and a reason. */
export const sentAsStored = <F extends z.ZodRawShape>(about: string, fields: F) => {
  const shape = z.strictObject({ ...fields, reason: reasonText.describe('Why') }).describe(about);
  return {
    ...usual,
    own: ['reason'],
    sent: shape,
    stored: shape,
    read: z.object({ ...fields, reason: text.describe('Why; null once it was erased'), concealed }),
    resolve: <C>(sent: C): C => sent,
    document: ({ kind, reason, ...change }: { kind: string; reason: string }) => ({ kind, ...change, reason: reason ?? null }),
  };
};

type Shape = z.ZodObject;
export type ChangeOf<K extends string, S extends Shape> = { kind: K } & z.output<S>;
type Definition<K extends string, E extends string, S extends Shape, T extends Shape, R extends Shape> = {
  kind: K;
  /** The event of the record that it becomes. */
  event: E;
  sent: S;
  /** What `document` gives, beside the kind. */
  read: R;
  /** The event's data. A stored change is the same with its `kind`. */
  stored: T;
  // `kind` alone says what K is: inferred from the functions too, it came to `string` or not by the order in which files were checked.
} & Behaviour<ChangeOf<NoInfer<K>, S>, ChangeOf<NoInfer<K>, T>>;

/** One kind of change: all that is special to it. */
export const changeKind = <const K extends string, const E extends string, S extends Shape, T extends Shape, R extends Shape>(
  definition: Definition<K, E, S, T, R>,
) => ({
  ...definition,
  /** The change that the event with this data applies. */
  ofEvent: (data: z.output<T>): ChangeOf<K, T> => ({ kind: definition.kind, ...data }),
  /** The event that applies the change. */
  toEvent: (edit: number, { kind: _, ...data }: ChangeOf<K, T>) => ({
    type: definition.event,
    edit,
    // What is left without `kind`; TypeScript does not see that of a type parameter.
    data: data as unknown as z.output<T>,
  }),
});

/** Keys of the record. */
export const content = (claim: string) => `claim:${claim}:content`;
export const standing = (claim: string) => `claim:${claim}:standing`;
/** `dispute:<id>`, `proceeding:<id>` or `ruling:<id>`. */
export const entry = (id: string) => `${id.slice(0, id.indexOf('_'))}:${id}`;
/** The change that a revision of the record brought. */
export const changeKey = (revision: number) => `change:${revision}`;
export const some = (id: string | null | undefined, key: (id: string) => string): string[] =>
  id === null || id === undefined ? [] : [key(id)];
/** Of what reads and writes the same keys. */
export const both = (...keys: string[]): Keys => ({ reads: keys, writes: keys });

export const effectKeys = (effects: readonly Effect[]): Keys => ({
  reads: effects.flatMap(({ claim }) => some(claim, content)),
  writes: effects.flatMap(({ claim, ruling, proceeding }) => [
    ...some(claim, standing),
    ...some(ruling, entry),
    ...some(proceeding, entry),
  ]),
});

/** A change of the incident as a whole touches all that it holds. */
export const everything = (_: unknown, { claims, disputes, proceedings, rulings }: TouchedRecord): string[] =>
  [claims, disputes, proceedings, rulings].flatMap((entries) => [...entries.keys()]);
