import { z } from 'zod';
import type { Facts, Report } from '../incident/draft.ts';
import type { Resolving } from '../incident/resolving.ts';
import type { Cause } from '../policy/rules.ts';
import type { Keys } from '../review/conflicts.ts';

/** What a decision on a source or party has to know beside its own stream, as of now. */
export type RegisterFacts = Pick<Facts, 'policy' | 'parties' | 'privacyReviewed' | 'sources'>;

/** What one kind of change of a source or party does. `S`: what its stream says of it. `Sent` and `Change` are its two forms, each with its `kind`. */
type Behaviour<S, Sent, Change, Data> = {
  /** Whether an edit that holds it may hold nothing else. */
  alone: boolean;
  /** Citations get both quote and position. */
  resolve(sent: Sent, at: Resolving): Change;
  /** Notes what is wrong with the change on the source or party as it is. Reads no text. */
  check(state: S, report: Report, change: Change, facts: RegisterFacts): void;
  /** The keys that it reads and writes, beside `status`, which every change reads. */
  keys(change: Change): Keys;
  /** The data of its event. */
  data(change: Change, state: S): Data;
  /** What it does, in words, as an edit is told that takes more approvals for it. */
  does: string;
  /** For what of it, beside its kind, the rules may ask for more approvals. */
  causes(change: Change, state: S, privacyReviewed: RegisterFacts['privacyReviewed']): readonly Cause[];
  /** Whether it waits for nothing else: it protects somebody. */
  isUrgent(change: Change): boolean;
  /** Parties and sources that a decision has to know, beside those that it cites. */
  asks(change: Change): { parties: readonly string[]; sources: readonly string[] };
  /** The change as `read` has it: what is read can be sent. Erased texts are null. */
  document(change: Change): Record<string, unknown>;
};

/** What most kinds have in common; a kind says of these what is otherwise. */
export const usual = {
  alone: false,
  causes: (): readonly Cause[] => [],
  isUrgent: () => false,
  asks: () => ({ parties: [], sources: [] }),
} as const;

type Shape = z.ZodObject;
export type ChangeOf<K extends string, S extends Shape> = { kind: K } & z.output<S>;
type Definition<S, K extends string, E extends string, Sent extends Shape, Stored extends Shape, Event extends Shape> = {
  kind: K;
  /** The event that it becomes, with the schema of its data. */
  event: E;
  sent: Sent;
  /** As it is read. */
  read: Shape;
  /** As an edit's version stores it, without its `kind`. */
  stored: Stored;
  applied: Event;
} & Behaviour<S, ChangeOf<NoInfer<K>, Sent>, ChangeOf<NoInfer<K>, Stored>, z.output<Event>>;

/** Makes the function that defines one kind of change of what has such a state. */
export const kindsOf =
  <S>() =>
  <const K extends string, const E extends string, Sent extends Shape, Stored extends Shape, Event extends Shape>(
    definition: Definition<S, K, E, Sent, Stored, Event>,
  ) => ({ ...definition, makes: null, refOf: () => null, idOf: () => null });

/** A kind as the loops over the kinds see it. */
export type AnyKind<S, Sent, C> = Listed & {
  makes: null;
  refOf(sent: Sent): null;
  idOf(sent: Sent): null;
} & Behaviour<S, Sent, C, object>;
type Listed = { kind: string; event: string; sent: Shape; read: Shape; stored: Shape; applied: Shape };

const withKind = (kind: string, schema: Shape) =>
  z.strictObject({ kind: z.literal(kind).describe('The kind of change'), ...schema.shape }).describe(schema.description ?? '');
type Schemas = [ReturnType<typeof withKind>, ...ReturnType<typeof withKind>[]];

export type StoredOf<K> = K extends { kind: infer N extends string; stored: infer S extends Shape } ? ChangeOf<N, S> : never;
export type ReadOf<K> = K extends { kind: infer N extends string; read: infer S extends Shape } ? ChangeOf<N, S> : never;
export type SentOf<K> = K extends { kind: infer N extends string; sent: infer S extends Shape } ? ChangeOf<N, S> : never;

/** The table of the kinds of change of one aggregate. What is asked of a change is asked of its kind. */
export const tableOf = <S, Sent extends { kind: string }, Stored extends { kind: string }, Read, const K extends Listed>(
  kinds: readonly K[],
) => {
  const all = kinds as unknown as readonly AnyKind<S, Sent, Stored>[];
  const byName = new Map(all.map((kind) => [kind.kind, kind]));
  const kindOf = ({ kind }: { kind: string }): AnyKind<S, Sent, Stored> => {
    const found = byName.get(kind);
    if (!found) throw new TypeError(`there is no kind of change ${kind}`);
    return found;
  };
  const union = <C>(schemaOf: (kind: Listed) => Shape) =>
    z.discriminatedUnion('kind', kinds.map((kind) => withKind(kind.kind, schemaOf(kind))) as unknown as Schemas) as unknown as z.ZodType<C>;
  return {
    /** Their names. */
    kinds: kinds.map(({ kind }) => kind),
    kindOf,
    /** Every change reads `status`. */
    keysOf: (change: Stored): Keys => {
      const { reads, writes } = kindOf(change).keys(change);
      return { reads: ['status', ...reads], writes };
    },
    sentChange: union<Sent>(({ sent }) => sent),
    storedChange: union<Stored>(({ stored }) => stored),
    readChange: z.discriminatedUnion(
      'kind',
      kinds.map(({ kind, sent, read }) =>
        z.object({ kind: z.literal(kind).describe('The kind of change'), ...read.shape }).describe(sent.description ?? ''),
      ) as unknown as Schemas,
    ) as unknown as z.ZodType<Read>,
    /** By the type of the event: the schema of its data. */
    schemas: Object.fromEntries(kinds.map(({ event, applied }) => [event, applied])) as { [L in K as L['event']]: L['applied'] },
  };
};
export type Table<S, Sent, C> = { kindOf(change: { kind: string }): AnyKind<S, Sent, C>; keysOf(change: C): Keys };

/** Keys of what reads and writes the same. */
export const both = (...keys: readonly string[]): Keys => ({ reads: [...keys], writes: [...keys] });
