import {
  type DomainEvent,
  type EditBody,
  evolveParty,
  evolveSource,
  initialParty,
  initialSource,
  type ProposalBody,
  partOf,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type CommandResult, refused } from './errors.ts';
import type { FactReader } from './facts.ts';
import { readEvents } from './folds.ts';

/** Sources and parties that a request brings though they are registered: they are taken as they are, and what is not so there is told. */

/** `differs`: JSON Pointers into what was sent, to what is something else in what is registered, or is not in it. Of an erased text nothing is told. */
export type Reused = { ref: string; id: string; differs: string[] };

/** What is registered under an id, in the shape in which it is sent. */
export const registeredAs = async (log: EventLog<DomainEvent>, id: string): Promise<Record<string, unknown>> => {
  const events = await readEvents(log, id, 0, { texts: true });
  if (id.startsWith('party_')) return { ...events.reduce(evolveParty, initialParty()).fields };
  const { fields, texts } = events.reduce(evolveSource, initialSource());
  return { ...fields, text: texts.at(-1) ?? undefined };
};

/** What is left out of a body says nothing. */
const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);
const isErased = (value: unknown): boolean => value === undefined || (value as { value?: unknown } | null)?.value === undefined;

const differing = (sent: Readonly<Record<string, unknown>>, registered: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(sent).flatMap(([name, value]) => {
    const there = registered[name];
    if (isNothing(value) || there === undefined || (name === 'externalId' && there !== null && isErased(there))) return [];
    if (name === 'identifiers' && (there as object[]).some(isErased)) return [];
    return JSON.stringify(value) === JSON.stringify(there) ? [] : [`/${name}`];
  });

/** What says who else somebody is not, is of the moment of registering. */
const comparable = ({ ref: _, distinctFrom: __, ...sent }: { ref?: string | null; distinctFrom?: unknown }) => sent;

/** The refusal of what has the external id, or an identifier, of something registered. `pointer`: where it stands in the body. */
export const refuseTaken = async (
  log: EventLog<DomainEvent>,
  existing: string,
  body: object,
  pointer = '/externalId',
): Promise<CommandResult<never>> => {
  const differs = differing(comparable(body), await registeredAs(log, existing));
  return refused(
    'ExternalIdTaken',
    `${existing} is registered with this ${pointer === '/externalId' ? 'externalId' : 'identifier'}: take that id.${differs.length === 0 ? '' : ' What was sent and is not so there is named in errors. It was not recorded.'}`,
    {
      existing,
      errors: [
        { pointer, message: `is that of ${existing}` },
        ...differs.map((pointer) => ({ pointer, message: `is something else in ${existing}, or is not there` })),
      ],
    },
  );
};

/** Tells which of what came with a request was registered before. `refs`: the ids that were taken. It looks at what is registered now. */
export const createReused =
  ({ log, facts }: { log: EventLog<DomainEvent>; facts: FactReader }) =>
  async (
    { sources, parties }: Pick<EditBody | ProposalBody, 'sources' | 'parties'>,
    refs: Readonly<Record<string, string>>,
    editCommand: string,
  ): Promise<Reused[]> => {
    const told = async (list: readonly { ref: string }[], name: 'sources' | 'parties'): Promise<Reused[]> => {
      const found = await Promise.all(
        list.map(async (sent) => {
          const id = refs[sent.ref];
          if (id === undefined) return [];
          const { state } = await facts[name].fresh(id);
          if (state.commands.has(partOf(editCommand, `${name}:${sent.ref}`))) return [];
          const { parent, ...others } = comparable(sent) as { parent?: string | null };
          const whole = parent === undefined || parent === null ? others : { ...others, parent: refs[parent] ?? parent };
          return [{ ref: sent.ref, id, differs: differing(whole, await registeredAs(log, id)) }];
        }),
      );
      return found.flat();
    };
    return [...(await told(sources, 'sources')), ...(await told(parties, 'parties'))];
  };
