import {
  type DomainEvent,
  type EditBody,
  type ExternalId,
  initialParty,
  initialSource,
  type Named,
  type Party,
  type PartyBody,
  type Problem,
  type ProposalBody,
  partOf,
  refuseFor,
  type Source,
  type SourceBody,
  withIds,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { CommandError, CommandResult } from './errors.ts';
import type { Coming, FactReader } from './facts.ts';
import { type Fold, readEvents } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import { type FindSource, type Registering, textSha256Of } from './registering.ts';
import { createReused } from './reused.ts';

/** Sources and parties that come with a request: all of it is decided before the first of them is written. */

type Body = Pick<EditBody | ProposalBody, 'sources' | 'parties'>;

/** What a request brings, decided and not written. */
export type Brought = {
  /** What the refs stand for. */
  named: Named;
  coming: Coming;
  /**
   * Writes what is not written yet, parties above others first, and answers the position of the last. The same request again finds what it wrote before.
   * Refusals as of registering each. `moved`: another request was quicker, so that something has another id: it all is decided anew.
   */
  register(): Promise<CommandResult<{ position: bigint }> | 'moved'>;
};

type Entry<B> = { body: B; ref: string; pointer: string; identity: Identity };

const problem = (pointer: string, message: string): Problem => ({ code: 'InvalidChange', pointer, message });

/** The refusal with pointers into the body that it came with. */
const at = (pointer: string, error: CommandError): { ok: false; error: CommandError } => {
  const errors = error.errors?.map((place) => ({ ...place, pointer: `${pointer}${place.pointer}` }));
  const detail = errors?.[0] && error.errors?.[0] ? error.detail.replace(error.errors[0].pointer, errors[0].pointer) : error.detail;
  return { ok: false, error: { ...error, detail, ...(errors && { errors }) } };
};

const granted = { ok: true, value: null } as const;

/** Up to the first that is refused. */
const inOrder = async <T>(steps: readonly (() => Promise<CommandResult<T>>)[]): Promise<CommandResult<T[]>> => {
  const values: T[] = [];
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return done;
    values.push(done.value);
  }
  return { ok: true, value: values };
};

/** While a request is decided. `urls`: ids by address and text. */
type Work = {
  named: Map<string, { id: string; prefix: 'source' | 'party' }>;
  urls: Map<string, string>;
  coming: { sources: Map<string, Fold<Source>>; parties: Map<string, Fold<Party>> };
  counting: (() => Promise<CommandResult<null>>)[];
  writing: (() => Promise<CommandResult<{ position: string } | 'moved'>>)[];
};

const stateOf = <S extends Source | Party>(initial: S, id: string, fields: Partial<S>): Fold<S> => ({
  state: { ...initial, id, streamRevision: 0, ...fields },
  revision: 0,
});

/** The entries so that each comes after the one of them that it names; those that name one another in a circle are left out. */
const namedFirst = <B>(entries: readonly Entry<B>[], namedBy: (body: B) => string | null): Entry<B>[] => {
  const placed: Entry<B>[] = [];
  const isPlaced = (named: string | null) => !entries.some(({ ref }) => ref === named) || placed.some(({ ref }) => ref === named);
  for (let found = true; found; ) {
    const next = entries.filter((entry) => !placed.includes(entry) && isPlaced(namedBy(entry.body)));
    placed.push(...next);
    found = next.length > 0;
  }
  return placed;
};

const circular = <B>(entries: readonly Entry<B>[], placed: readonly Entry<B>[], member: string, message: string): Problem[] =>
  entries.filter((entry) => !placed.includes(entry)).map(({ pointer }) => problem(`${pointer}/${member}`, message));

/** That a ref stood for something else when the edit brought it first. */
const isOther = ({ commands }: Source | Party, { command, request }: Identity): boolean => {
  const trace = commands.get(command);
  return trace !== undefined && trace.request !== request;
};
const refuseOther = ({ ref, pointer }: Entry<unknown>) =>
  refuseFor([
    problem(
      `${pointer}/ref`,
      `${ref} stands for what came with it before, which is registered: send the same again, or give this another ref`,
    ),
  ]);

const sameRefs = (entries: readonly Entry<unknown>[], others: readonly string[]): Problem[] => {
  const seen = new Set(others);
  return entries.flatMap(({ ref, pointer }) => {
    if (seen.has(ref)) return [problem(`${pointer}/ref`, `the ref ${ref} stands twice in this request: refs are unique in it`)];
    seen.add(ref);
    return [];
  });
};

const sameExternalIds = (entries: readonly Entry<{ externalId: ExternalId | null }>[]): Problem[] => {
  const seen = new Set<string>();
  return entries.flatMap(({ body: { externalId }, pointer }) => {
    const key = JSON.stringify([externalId?.scheme, externalId?.value]);
    if (externalId !== null && seen.has(key))
      return [problem(`${pointer}/externalId`, 'stands twice in this request: send what has it once, and name it by its ref')];
    seen.add(key);
    return [];
  });
};

/** What was registered, unless another request registered it under another id meanwhile, or before this one. */
const unlessMoved = async <T extends { id: string }>(
  registered: Promise<CommandResult<T>>,
  stream: string,
): Promise<CommandResult<T | 'moved'>> => {
  const done = await registered;
  if (done.ok) return done.value.id === stream ? done : { ok: true, value: 'moved' };
  return done.error.code === 'ExternalIdTaken' ? { ok: true, value: 'moved' } : done;
};

/** Decides on what a request brings. `editCommand`: the one that first submitted the edit, so that a ref keeps its id in later versions. */
export const createBringing = ({
  log,
  facts,
  registering,
  findSource,
  requestOf,
}: {
  log: EventLog<DomainEvent>;
  facts: FactReader;
  registering: Registering;
  findSource: FindSource;
  requestOf: (body: unknown) => string;
}) => {
  /** Each with an identity of its own, in which the words as they were received count. */
  const entriesOf = <E extends { ref: string }>(list: readonly E[], name: keyof Body, editCommand: string, received: unknown) =>
    list.map(({ ref, ...body }, index): Entry<Omit<E, 'ref'>> => {
      const sent = (received as { [name in keyof Body]?: readonly unknown[] } | undefined)?.[name]?.[index];
      return {
        body,
        ref,
        pointer: `/${name}/${index}`,
        identity: { command: partOf(editCommand, `${name}:${ref}`), former: [], request: requestOf(sent) },
      };
    });

  const withSameText = async (url: string | null, key: string, textSha256: string | null, { urls }: Work): Promise<string | null> =>
    url === null ? null : (urls.get(key) ?? (await findSource(url, textSha256)));

  /** Nothing is written: what is answered is where it was. */
  const reuse = (id: string, work: Work): typeof granted => {
    work.writing.push(async () => {
      const [first] = await readEvents(log, id, 0, { to: 0, texts: false });
      return { ok: true, value: { position: String(first?.position ?? 0n) } };
    });
    return granted;
  };

  /** Takes a source in: as it is where it is registered, else as it will be. */
  const bringSource = async (caller: Caller, source: Entry<SourceBody>, work: Work): Promise<CommandResult<null>> => {
    const { ref, pointer, identity } = source;
    const whole = withIds(source.body, work.named, pointer);
    if (!whole.ok) return whole;
    const body = whole.value;
    const { stream, state } = await registering.source.place(identity, body);
    if (isOther(state, identity)) return refuseOther(source);
    const textSha256 = textSha256Of(body);
    const key = `${body.url} ${textSha256}`;
    const isWritten = state.commands.has(identity.command);
    const found = isWritten ? null : state.fields !== null ? stream : await withSameText(body.url, key, textSha256, work);
    const id = found ?? stream;
    work.named.set(ref, { id, prefix: 'source' });
    work.urls.set(key, id);
    if (found !== null) return reuse(found, work);
    work.writing.push(() => unlessMoved(registering.source.register(caller, identity, body), stream));
    if (isWritten) return granted;
    const decision = await registering.source.decide(state, { caller, identity, stream }, body, facts.facing(work.coming));
    if (!decision.ok) return at(pointer, decision.error);
    const { text, ...fields } = body;
    work.coming.sources.set(stream, stateOf(initialSource(), stream, { fields, texts: text === null ? [] : [text] }));
    work.counting.push(() => registering.takeSource(caller, identity, body));
    return granted;
  };

  const bringParty = async (caller: Caller, party: Entry<PartyBody>, work: Work): Promise<CommandResult<null>> => {
    const { ref, pointer, identity } = party;
    const body = withIds(party.body, work.named, pointer);
    if (!body.ok) return body;
    const { stream, state } = await registering.party.place(identity, body.value);
    if (isOther(state, identity)) return refuseOther(party);
    const isWritten = state.commands.has(identity.command);
    // What it brought before may be merged since.
    const { state: survivor } = await facts.survivorOf({ state, revision: state.streamRevision });
    work.named.set(ref, { id: survivor.id ?? stream, prefix: 'party' });
    if (!isWritten && state.fields !== null) return reuse(stream, work);
    work.writing.push(() => unlessMoved(registering.party.register(caller, identity, body.value), stream));
    if (isWritten) return granted;
    const decision = await registering.party.decide(state, { caller, identity, stream }, body.value, facts.facing(work.coming));
    if (!decision.ok) return at(pointer, decision.error);
    const [event] = decision.value;
    if (event?.type === 'PartyRegistered') work.coming.parties.set(stream, stateOf(initialParty(), stream, { fields: event.data }));
    return granted;
  };

  /** `taken` are refs of other things of the request. Refusals: `InvalidChange`, `LooksAlike`. */
  const bring = async (caller: Caller, editCommand: string, given: Body, taken: readonly string[]): Promise<CommandResult<Brought>> => {
    const sources = entriesOf(given.sources, 'sources', editCommand, caller.body);
    const parties = entriesOf(given.parties, 'parties', editCommand, caller.body);
    const [originalsFirst, aboveFirst] = [
      namedFirst(sources, ({ translationOf }) => translationOf),
      namedFirst(parties, ({ parent }) => parent),
    ];
    const [wrong, ...more] = [
      ...sameRefs([...sources, ...parties], taken),
      ...sameExternalIds(sources),
      ...sameExternalIds(parties),
      ...circular(sources, originalsFirst, 'translationOf', 'leads back to this source: nothing is a translation of itself'),
      ...circular(parties, aboveFirst, 'parent', 'leads back to this party: a body cannot stand above itself'),
    ];
    if (wrong) return refuseFor([wrong, ...more]);
    const work: Work = { named: new Map(), urls: new Map(), coming: { sources: new Map(), parties: new Map() }, counting: [], writing: [] };
    const bringing = [
      ...originalsFirst.map((source) => () => bringSource(caller, source, work)),
      ...aboveFirst.map((party) => () => bringParty(caller, party, work)),
    ];
    const brought = await inOrder(bringing);
    if (!brought.ok) return brought;
    const { named, coming, counting, writing } = work;
    const register: Brought['register'] = async () => {
      const counted = await inOrder(counting);
      if (!counted.ok) return counted;
      const written = await inOrder(writing);
      if (!written.ok) return written;
      const ends = written.value.map((one) => (one === 'moved' ? null : BigInt(one.position)));
      if (ends.includes(null)) return 'moved';
      const position = ends.reduce<bigint>((last, end) => (end !== null && end > last ? end : last), 0n);
      return { ok: true, value: { position } };
    };
    return { ok: true, value: { named, coming, register } };
  };
  return Object.assign(bring, { reused: createReused({ log, facts }) });
};
export type Bring = ReturnType<typeof createBringing>;
