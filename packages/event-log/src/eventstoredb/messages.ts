import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type BatchAppendReq, type ReadReq, type ReadResp, shared, streams } from './protocol.ts';
import type { AllRequest, ProposedEvent, RecordedEvent } from './store.ts';

/**
 * The store's messages, made and read with the protocol code that the client package ships. The client's own events would cut stamps to milliseconds
 * and give JSON parsed, so that the stored bytes could only be guessed.
 */

/** Foreign events that the server passes over before it looks for the end of the page again. */
const searchWindow = 4096;
const foreverReads = 2 ** 53;

const identifierOf = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

const uuidOf = (id: string) => new shared.UUID().setString(id);

/**
 * One append in one message. It names no deadline: that would be a time of day, and a server whose clock is ahead would refuse everything.
 */
export const appendRequest = (correlation: string, stream: string, expected: number, events: readonly ProposedEvent[]): BatchAppendReq => {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifierOf(stream));
  if (expected === -1) options.setNoStream(new empty.Empty());
  else options.setStreamPosition(String(expected));
  return new streams.BatchAppendReq()
    .setCorrelationId(uuidOf(correlation))
    .setOptions(options)
    .setProposedMessagesList(events.map(proposedMessage))
    .setIsFinal(true);
};

const proposedMessage = ({ id, type, data, metadata }: ProposedEvent) => {
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(uuidOf(id))
    .setData(Buffer.from(data))
    .setCustomMetadata(Buffer.from(metadata));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
};

const newRead = () => {
  const options = new streams.ReadReq.Options()
    .setReadDirection(streams.ReadReq.Options.ReadDirection.FORWARDS)
    .setResolveLinks(false)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()))
    .setNoFilter(new shared.Empty());
  return { request: new streams.ReadReq().setOptions(options), options };
};

export const readStreamRequest = (stream: string, from: number, limit: number): ReadReq => {
  const { request, options } = newRead();
  options
    .setStream(new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(stream)).setRevision(String(from)))
    .setCount(String(Math.min(limit, foreverReads)));
  return request;
};

export const readLastRequest = (stream: string): ReadReq => {
  const { request, options } = newRead();
  options
    .setStream(new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(stream)).setEnd(new shared.Empty()))
    .setReadDirection(streams.ReadReq.Options.ReadDirection.BACKWARDS)
    .setCount('1');
  return request;
};

export const readAllRequest = ({ from, direction, limit, prefix }: AllRequest): ReadReq => {
  const { request, options } = newRead();
  const all = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') all.setStart(new shared.Empty());
  else if (from === 'end') all.setEnd(new shared.Empty());
  else all.setPosition(positionOf(from));
  options.setAll(all).setCount(String(Math.min(limit, foreverReads)));
  if (direction === 'backwards') options.setReadDirection(streams.ReadReq.Options.ReadDirection.BACKWARDS);
  if (prefix !== undefined) filter(options, prefix);
  return request;
};

/** From the end of the log on. */
export const subscribeRequest = (prefix: string): ReadReq => {
  const { request, options } = newRead();
  options
    .setAll(new streams.ReadReq.Options.AllOptions().setEnd(new shared.Empty()))
    .setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  filter(options, prefix);
  return request;
};

const filter = (options: ReadReq.Options, prefix: string): void => {
  const expression = new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([prefix]);
  options.setFilter(
    new streams.ReadReq.Options.FilterOptions().setStreamIdentifier(expression).setMax(searchWindow).setCheckpointintervalmultiplier(1),
  );
};

/** An event that was not written in an old explicit transaction has one position in the log, not two. */
const positionOf = (position: bigint) =>
  new streams.ReadReq.Options.Position().setCommitPosition(String(position)).setPreparePosition(String(position));

/** The event in a response, or undefined where it holds none. */
export const recordedIn = (response: ReadResp): RecordedEvent | undefined => {
  const event = response.getEvent()?.getEvent();
  if (!event) return undefined;
  const system = event.getMetadataMap();
  return {
    stream: textOf(event.getStreamIdentifier()?.getStreamName_asU8()),
    revision: Number(event.getStreamRevision()),
    id: event.getId()?.getString() ?? '',
    type: system.get('type') ?? '',
    position: BigInt(event.getCommitPosition()),
    // .NET ticks of 100 nanoseconds.
    created: BigInt(system.get('created') ?? 0) / 10n,
    data: textOf(event.getData_asU8()),
    metadata: textOf(event.getCustomMetadata_asU8()),
  };
};

const textOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
