import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { StandInLog, StandInRecord } from './log.ts';
import { checkpointResponse, confirmationResponse, eventResponse, notFoundResponse, streamName } from './messages.ts';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

const isBackwards = (options: Options): boolean => options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;

/** Which records a filter lets pass: by the prefix of the stream's name or of the type. */
const filterOf = (options: Options): ((record: StandInRecord) => boolean) => {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byStream = filter.getStreamIdentifier()?.getPrefixList() ?? [];
  const byType = filter.getEventType()?.getPrefixList() ?? [];
  return ({ stream, type }) => byStream.some((prefix) => stream.startsWith(prefix)) || byType.some((prefix) => type.startsWith(prefix));
};

const tombstonedError = (stream: string) => {
  const metadata = new Metadata();
  metadata.set('exception', 'stream-deleted');
  metadata.set('stream-name', stream);
  const details = `Event stream '${stream}' is deleted.`;
  return Object.assign(new Error(details), { code: status.FAILED_PRECONDITION, details, metadata });
};

export const readStream = (call: Call, log: StandInLog, options: Options): void => {
  const wanted = options.getStream();
  const name = streamName(wanted?.getStreamIdentifier());
  const readable = log.readable(name);
  if (readable === 'tombstoned') {
    call.emit('error', tombstonedError(name));
    return;
  }
  const records = log.stream(name);
  if (records.length === 0 || readable === 'deleted') {
    call.write(notFoundResponse(call.request));
    call.end();
    return;
  }
  const count = Number(options.getCount());
  const from = wanted?.hasRevision() ? Number(wanted.getRevision()) : wanted?.hasEnd() ? records.length - 1 : 0;
  const visible = ({ revision }: StandInRecord) => revision >= readable;
  const page = isBackwards(options)
    ? records.slice(Math.max(0, from + 1 - count), from + 1).toReversed()
    : records
        .filter(visible)
        .filter(({ revision }) => revision >= from)
        .slice(0, count);
  for (const record of page.filter(visible)) call.write(eventResponse(record));
  call.end();
};

/** Answers how many records were looked at. */
export const readAll = (call: Call, log: StandInLog, options: Options): number => {
  const passes = filterOf(options);
  const backwards = isBackwards(options);
  const all = options.getAll();
  const position = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
  // A signed number of the server's, of which the greatest means the end.
  if (position !== undefined && position >= 2n ** 63n && position < 2n ** 64n - 1n) {
    call.emit('error', Object.assign(new Error(), { code: status.UNKNOWN, details: 'Exception was thrown by handler.' }));
    return 0;
  }
  if (position !== undefined && !log.isReadable(position, backwards)) {
    const result = options.hasFilter() ? 'FilteredReadAllResult' : 'ReadAllResult';
    call.emit('error', Object.assign(new Error(), { code: 2, details: `Unexpected ${result}: Error` }));
    return 0;
  }
  const beyond = (record: StandInRecord) =>
    position !== undefined && (backwards ? record.position >= position : record.position < position);
  const records = backwards ? log.all().toReversed() : log.all();
  let left = Number(options.getCount());
  let looked = 0;
  for (const record of all?.hasEnd() && !backwards ? [] : records) {
    if (beyond(record)) continue;
    if (left === 0) break;
    looked += 1;
    if (!passes(record)) continue;
    left -= 1;
    call.write(eventResponse(record));
  }
  call.end();
  return looked;
};

/** A subscription to `$all`: what stands there already, then what comes, and a checkpoint after every so many records that were looked at. */
export const subscribeToAll = (call: Call, log: StandInLog, options: Options, isMuted: () => boolean): (() => void) => {
  const passes = filterOf(options);
  const filter = options.getFilter();
  const interval = filter ? Math.max(1, filter.getMax()) * filter.getCheckpointintervalmultiplier() : Number.POSITIVE_INFINITY;
  let looked = 0;
  const offer = (record: StandInRecord) => {
    if (isMuted()) return;
    if (passes(record)) call.write(eventResponse(record));
    looked += 1;
    if (looked % interval === 0) call.write(checkpointResponse(record.position));
  };
  call.write(confirmationResponse());
  const all = options.getAll();
  const after = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : -1n;
  if (!all?.hasEnd()) for (const record of log.all()) if (record.position > after) offer(record);
  return log.listen(offer);
};
