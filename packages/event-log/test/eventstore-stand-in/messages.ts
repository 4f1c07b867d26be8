import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected, StandInEvent, StandInRecord, WriteAnswer } from './log.ts';

type Proposed = BatchAppendReq.ProposedMessage | AppendReq.ProposedMessage;

export const proposedEvent = (message: Proposed): StandInEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
  isJson: message.getMetadataMap().get('content-type') === 'application/json',
});

export const streamName = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

export const expectedInBatch = (options: BatchAppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : Number(options.getStreamPosition());
};

export const expectedInAppend = (options: AppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : Number(options.getRevision());
};

const packed = (name: string, message: { serializeBinary(): Uint8Array }) => {
  const packed = new any.Any();
  packed.pack(message.serializeBinary(), `event_store.client.${name}`);
  return packed;
};

const statusWith = (message: string, details: InstanceType<typeof any.Any>) =>
  new statusMessages.Status().setMessage(message).setDetails(details);

const errorStatus = (answer: WriteAnswer & { success: false }, expected: Expected) => {
  if (answer.error === 'maximum_append_size_exceeded')
    return statusWith(
      'MaximumAppendSizeExceeded',
      packed('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded().setMaxappendsize(answer.limit)),
    );
  if (answer.error === 'stream_deleted') return statusWith('StreamDeleted', packed('StreamDeleted', new shared.StreamDeleted()));
  const wrong = new shared.WrongExpectedVersion();
  if (answer.current === -1) wrong.setCurrentNoStream(new empty.Empty());
  else wrong.setCurrentStreamRevision(String(answer.current));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  return statusWith('WrongExpectedVersion', packed('WrongExpectedVersion', wrong));
};

export const timeoutStatus = () => statusWith('Timeout', packed('Timeout', new shared.Timeout()));

export const accessDeniedStatus = () => statusWith('AccessDenied', packed('AccessDenied', new shared.AccessDenied()));

/** As a node answers that does not serve: the details say nothing. */
export const notHandledStatus = (message: string) => {
  const details = new any.Any();
  details.pack(new empty.Empty().serializeBinary(), 'google.protobuf.Empty');
  return statusWith(message, details);
};

export const batchAnswer = (
  request: BatchAppendReq,
  stream: string,
  content: WriteAnswer | InstanceType<typeof statusMessages.Status>,
  expected: Expected,
): BatchAppendResp => {
  const response = new streams.BatchAppendResp()
    .setCorrelationId(request.getCorrelationId())
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)));
  if (!('success' in content)) return response.setError(content);
  if (!content.success) return response.setError(errorStatus(content, expected));
  const success = new streams.BatchAppendResp.Success().setCurrentRevision(String(content.revision));
  if (content.position === undefined) return response.setSuccess(success.setNoPosition(new empty.Empty()));
  const position = new shared.AllStreamPosition().setCommitPosition(String(content.position)).setPreparePosition(String(content.position));
  return response.setSuccess(success.setPosition(position));
};

/** Only for what an append by itself is asked in tests: success, or a wrong revision. */
export const appendAnswer = (answer: WriteAnswer): AppendResp => {
  if (answer.success) {
    const position = new streams.AppendResp.Position()
      .setCommitPosition(String(answer.position))
      .setPreparePosition(String(answer.position));
    return new streams.AppendResp().setSuccess(
      new streams.AppendResp.Success().setCurrentRevision(String(answer.revision)).setPosition(position),
    );
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (answer.error === 'wrong_expected_version' && answer.current >= 0) wrong.setCurrentRevision(String(answer.current));
  else wrong.setCurrentNoStream(new shared.Empty());
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

export const eventResponse = (record: StandInRecord): ReadResp => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(record.stream)))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(String(record.position))
    .setPreparePosition(String(record.position))
    .setData(record.data)
    .setCustomMetadata(record.metadata);
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('created', String(record.created))
    .set('content-type', record.isJson ? 'application/json' : 'application/octet-stream');
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.position)));
};

export const notFoundResponse = (request: ReadReq): ReadResp => {
  const identifier = request.getOptions()?.getStream()?.getStreamIdentifier();
  return new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier));
};

export const confirmationResponse = (): ReadResp =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID()));

export const checkpointResponse = (position: bigint): ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );
