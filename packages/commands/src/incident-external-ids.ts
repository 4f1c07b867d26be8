import { type DomainEvent, type ExternalId, type Incident, isOpenEdit } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { seenIncident } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import type { FactReader } from './facts.ts';
import { readEvents } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import type { Reservations } from './reservations.ts';

/** The external ids of incidents: of which one each is, and whether another may have it. */

type Asked = { caller: Caller; identity: Identity };
type Reserve = () => Promise<CommandResult<null>>;

const granted = { ok: true, value: null } as const;
const reservedIn = (externalId: ExternalId) => ({ of: 'incident' as const, ...externalId });

/** The proposal was rejected or withdrawn, for good: nothing will ever come of the incident. */
const isGivenUp = ({ status, edits }: Incident): boolean => {
  const proposal = edits.get(1);
  return status === 'proposed' && proposal !== undefined && !isOpenEdit(proposal);
};

/** The refusal of a second incident. It names the first to those who may see it. */
const refuseTaken = (state: Incident, caller: Caller, pointer = '/externalId'): CommandResult<never> => {
  const seen = seenIncident(state, caller);
  const message = seen.ok ? `is that of ${state.id}` : 'is that of an incident which is not shown to you';
  const detail = seen.ok
    ? `${state.id} has this externalId, and is ${state.status}: go on with that one, and send what it lacks as an edit.`
    : 'An incident with this externalId is proposed, and is not public yet. Send it no more: once it is public, GET /v1/incidents?externalId= finds it. If its proposal is rejected or withdrawn, this request is taken.';
  return refused('ExternalIdTaken', detail, {
    ...(seen.ok && state.id !== null && { existing: state.id }),
    errors: [{ pointer, message }],
  });
};

export const createIncidentExternalIds = ({
  log,
  facts,
  reservations,
}: {
  log: EventLog<DomainEvent>;
  facts: FactReader;
  reservations: Reservations;
}) => {
  /** Whether the value was erased in the incident's proposal. What was erased is not written again. */
  const isErased = async ({ id, edits, erased }: Incident, { value }: ExternalId): Promise<boolean> => {
    const versions = edits.get(1)?.versions ?? [];
    if (!versions.some(({ revision }) => erased.has(revision))) return false;
    const read = await Promise.all(versions.map(({ revision }) => readEvents(log, id ?? '', revision, { to: revision, texts: true })));
    const changes = read.flat().flatMap((event) => ('changes' in event.data ? event.data.changes : []));
    const values = changes.flatMap((change) =>
      'externalId' in change && change.externalId !== null ? [change.externalId.value as string | undefined] : [],
    );
    return values.includes(undefined) && !values.includes(value);
  };

  /** The incident that the value is to be taken from, where its owner has given it up. */
  const releasedBy = async (owner: string, externalId: ExternalId): Promise<string | null> => {
    const { state } = await facts.incidents.fresh(owner);
    return isGivenUp(state) && !(await isErased(state, externalId)) ? owner : null;
  };

  /**
   * The stream on which an incident is proposed: that of its command, or of whose its external id is. `reserve` is called once nothing stands against the
   * proposal; `moved` tells that another request was quicker, so that all begins anew.
   */
  const place = async (
    own: string,
    by: Asked,
    externalId: ExternalId | null,
  ): Promise<{ stream: string; reserve: Reserve | null; moved(): boolean }> => {
    const whose = externalId && (await log.endOf(own)) === null ? await reservations.ownerOf(reservedIn(externalId)) : null;
    const released = whose !== null && externalId !== null ? await releasedBy(whose, externalId) : null;
    const stream = whose === null || released !== null ? own : whose;
    let owner = stream;
    const reserve =
      externalId &&
      (async () => {
        owner = await reservations.reserve(reservedIn(externalId), stream, by, released);
        return owner === stream ? granted : refused('Busy', 'Another request has just reserved this externalId. Send it again.');
      });
    return { stream, reserve, moved: () => owner !== stream };
  };

  /** Makes the value that of an incident whose proposal is revised. `pointer`: where it stands in the body. Refusals: `ExternalIdTaken`, `TextErased`. */
  const reserveFor = async (state: Incident, by: Asked, externalId: ExternalId, pointer: string): Promise<CommandResult<null>> => {
    const incident = state.id ?? '';
    const whose = await reservations.ownerOf(reservedIn(externalId));
    if (whose === incident && (await isErased(state, externalId))) {
      const message = 'was erased here: leave it out';
      return refused('TextErased', `${pointer}: ${message}.`, { errors: [{ pointer, message }] });
    }
    const released = whose === null || whose === incident ? null : await releasedBy(whose, externalId);
    const owner = await reservations.reserve(reservedIn(externalId), incident, by, released);
    return owner === incident ? granted : refuseTaken((await facts.incidents.fresh(owner)).state, by.caller, pointer);
  };

  return { place, reserveFor, refuseTaken };
};
