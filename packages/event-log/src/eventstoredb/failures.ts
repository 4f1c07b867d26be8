import { type Metadata, status } from '@grpc/grpc-js';
import { LogUnavailable } from '../port.ts';
import { type Status, shared } from './protocol.ts';
import { NotAPosition, StoreRefused, StoreUnavailable, StreamTombstoned } from './store.ts';

/** Codes of gRPC after which the same request would fail again, unless somebody changes the settings or the store. */
const lasting = new Set<unknown>([
  status.INVALID_ARGUMENT,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.DATA_LOSS,
]);

const askersFault = (code: unknown): StoreRefused['who'] =>
  code === status.UNAUTHENTICATED ? 'unknown' : code === status.PERMISSION_DENIED ? 'not_allowed' : undefined;

/** What a call's error means. An error without a code came from finding a node or connecting to it. */
export const failureOf = (error: unknown): Error => {
  if (error instanceof StoreUnavailable || error instanceof LogUnavailable || error instanceof TypeError) return error;
  const { code, message, metadata } = error as Error & { code?: unknown; metadata?: Metadata };
  if (metadata?.get('exception')[0] === 'stream-deleted') return new StreamTombstoned(message, { cause: error });
  if (code === status.UNKNOWN && /ReadAllResult: Error/.test(message)) return new NotAPosition(message, { cause: error });
  if (lasting.has(code)) return new StoreRefused(`EventStoreDB refused: ${message}`, { cause: error, who: askersFault(code) });
  return new StoreUnavailable(`EventStoreDB cannot be used: ${message}`, { cause: error });
};

const lastingTypes = new Set(['AccessDenied', 'MaximumAppendSizeExceeded', 'BadRequest', 'InvalidTransaction']);

/** What the error in an answer to an append means, but for a wrong revision. `Timeout` and `Unknown` leave open whether it was written. */
export const appendFailureOf = (error: Status): Error => {
  const type = error.getDetails()?.getTypeName().split('.').at(-1) ?? '';
  const message = `EventStoreDB answered an append with ${error.getMessage() || type}`;
  if (type === 'StreamDeleted') return new StreamTombstoned(message);
  if (!lastingTypes.has(type)) return new StoreUnavailable(message);
  return new StoreRefused(message, { who: type === 'AccessDenied' ? 'not_allowed' : undefined });
};

/** Where the stream really is (-1: no stream), if the error says that it is elsewhere than expected. */
export const wrongRevisionIn = (error: Status): number | undefined => {
  const details = error.getDetails()?.unpack(shared.WrongExpectedVersion.deserializeBinary, 'event_store.client.WrongExpectedVersion');
  if (!details) return undefined;
  return details.hasCurrentStreamRevision() ? Number(details.getCurrentStreamRevision()) : -1;
};
