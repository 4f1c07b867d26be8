import {
  type Candidate,
  type Change,
  type Party,
  type Profile,
  type ProfileParty,
  profileNames,
  profileOf,
  proposedContent,
  type Source,
  type Vocabulary,
} from '@averment/domain';
import type { Logger } from '@averment/platform';
import type { FactReader } from './facts.ts';
import type { Caller } from './identity.ts';

/** Incidents that may be the same as what has this profile, as far as the subject may read them. Read from a model, so it may be late. */
export type FindCandidates = (profile: Profile, by: Pick<Caller, 'subject' | 'role'>) => Promise<Candidate[]>;

const named = ({ kind, private: isPrivate, name, aliases }: NonNullable<Party['fields']>, { formerNames }: Party) => ({
  kind,
  private: isPrivate,
  names: [name, ...(aliases ?? []), ...formerNames.map((former) => former.name)].filter((each) => each !== undefined),
});
const profileParty = (party: Party, survivor: Party): ProfileParty | undefined => {
  if (party.fields === null) return undefined;
  const { id: into, fields: other } = survivor;
  return {
    ...named(party.fields, party),
    survivor: into === null || into === party.id || other === null ? null : { id: into, ...named(other, survivor) },
  };
};
const urlOf = ({ fields }: Source) => (fields === null ? undefined : { url: fields.url ?? null });

const read = async <T>(ids: ReadonlySet<string>, of: (id: string) => Promise<T>): Promise<(id: string) => T | undefined> => {
  const found = new Map(await Promise.all([...ids].map(async (id) => [id, await of(id)] as const)));
  return (id) => found.get(id);
};

/** What a proposal may be the same as, for the answer to who proposed it. Null where that could not be found out: the proposal is written all the same. */
export const createCandidatesOf =
  ({
    facts,
    vocabulary,
    findCandidates,
    logger,
  }: {
    facts: FactReader;
    vocabulary: Vocabulary;
    findCandidates: FindCandidates;
    logger: Logger;
  }) =>
  async (incident: string, changes: readonly Change[], by: Pick<Caller, 'subject' | 'role'>): Promise<Candidate[] | null> => {
    try {
      const content = proposedContent(changes);
      const names = profileNames(content);
      const [parties, sources] = await Promise.all([
        read(names.parties, async (id) => {
          const party = await facts.parties.fresh(id);
          return profileParty(party.state, (await facts.survivorOf(party)).state);
        }),
        read(names.sources, async (id) => urlOf((await facts.sources.fresh(id)).state)),
      ]);
      const profile = profileOf({ id: incident, ...content, members: [incident], distinct: [] }, { vocabulary, parties, sources });
      return await findCandidates(profile, by);
    } catch (error) {
      logger.warn({ err: error, incident }, 'candidates of a proposal could not be looked up');
      return null;
    }
  };
export type CandidatesOf = ReturnType<typeof createCandidatesOf>;
