import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  type Metadata as MetadataType,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type Action, createAccess, denied } from './access.ts';
import { createStandInLog, type StandInEvent, type StandInLog, type StandInRecord } from './log.ts';
import {
  accessDeniedStatus,
  appendAnswer,
  batchAnswer,
  expectedInAppend,
  expectedInBatch,
  notHandledStatus,
  proposedEvent,
  streamName,
  timeoutStatus,
} from './messages.ts';
import { readAll, readStream, subscribeToAll } from './reads.ts';

export { certificatesMissing, makeCertificates } from './certificates.ts';

/** What ends what was begun, such as a tap test. */
type Scope = { teardown(run: () => void): void };

/**
 * What happens to one append.
 * - `lost`: it is written and never answered. `ignored`: it is neither written nor answered, as a repeat is whose first sending is not flushed yet.
 * - `timeout`: it is written and answered with a timeout. `not_ready`: it is not written, as the node is starting.
 * - `denied`: it is not written, as the user may not write.
 * - `twice`: it is written and answered twice. `ended`: it is written, and the whole call ends without an answer.
 */
export type AppendFault = 'lost' | 'ignored' | 'timeout' | 'not_ready' | 'denied' | 'twice' | 'ended';

export type StandIn = {
  /** Connection string of this node alone. */
  url: string;
  address: string;
  /** The next append meets this. */
  nextAppend(fault: AppendFault): void;
  /** From now on this node is a follower of that one, in the same log; undefined makes it the leader. */
  follow(leader: StandIn | undefined): void;
  /** Nothing is answered until the returned function is called: a server that hangs. */
  hang(): () => void;
  /** Subscriptions stay open and say nothing more. */
  mute(): void;
  /** Ends every subscription, as a server does that stops. */
  endSubscriptions(): void;
  /** The server is killed, and started again on this log: every connection breaks. Answers the log that it had. */
  restartOn(log: StandInLog): StandInLog;
  /** What a restart makes the server forget: which ids it has seen lately. */
  forgetIds(): void;
  /** Appends that came, answered or not, reads that came, and records that reads of `$all` have passed. */
  counts: { appends: number; reads: number; looked: number };
};

const member = (address: string, state: gossip.MemberInfo.VNodeState) => {
  const [host = '', port = ''] = address.split(':');
  return new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString(crypto.randomUUID()))
    .setTimeStamp(String(Date.now()))
    .setState(state)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(Number(port)));
};

const leaderError = (leader: StandIn) => {
  const [host = '', port = ''] = leader.address.split(':');
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', host);
  metadata.set('leader-endpoint-port', port);
  return Object.assign(new Error('Leader info available'), { code: status.NOT_FOUND, details: 'Leader info available', metadata });
};

/** Milliseconds since 1970, as finely as the machine tells: so fine are the store's stamps. */
const fineClock = (): number => performance.timeOrigin + performance.now();

/** A log that several stand-ins may share, as the nodes of a cluster do. `now` is their clock, in milliseconds. */
export const newStandInLog = (now: () => number = fineClock, begin: readonly StandInRecord[] = []): StandInLog =>
  createStandInLog(() => BigInt(Math.round(now() * 10_000)), begin);

/** Another log that has what this one has now, but for tombstones. */
export const backupOf = (log: StandInLog): StandInLog => newStandInLog(fineClock, [...log.all()]);

/** TLS with this certificate (PEM) for `localhost`, and passwords: without, everybody may do everything. */
export type Secure = { certificate: Buffer; key: Buffer; passwords: { admin: string; ops: string } };

/** A server that stands in for EventStoreDB 23.10 in tests, on a port of its own, with faults on demand. It is stopped after the test. */
export const startStandIn = async (t: Scope, begin: StandInLog = newStandInLog(), secure?: Secure): Promise<StandIn> => {
  let log = begin;
  // A certificate is for a name.
  const host = secure ? 'localhost' : '127.0.0.1';
  const access = secure && createAccess({ stream: (name) => log.stream(name) }, secure.passwords);
  const calls = new Set<ServerDuplexStream<BatchAppendReq, BatchAppendResp>>();
  const faults: AppendFault[] = [];
  const counts = { appends: 0, reads: 0, looked: 0 };
  const subscriptions = new Set<ServerWritableStream<ReadReq, ReadResp>>();
  let leader: StandIn | undefined;
  let muted = false;
  let held: Promise<void> = Promise.resolve();

  const refuses = (metadata: MetadataType): StandIn | undefined => (metadata.get('requires-leader')[0] === 'true' ? leader : undefined);

  /** What the caller is told who may not do this, or whom the server does not know; undefined where it may be done. */
  const forbidden = (metadata: MetadataType, action: Action, stream: string): Error | undefined => {
    try {
      return access === undefined || access.may(metadata, action, stream) ? undefined : denied();
    } catch (error) {
      return error as Error;
    }
  };

  const batchAppend = (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
    const parts = new Map<string, { options: BatchAppendReq.Options; events: StandInEvent[] }>();
    const receive = async (request: BatchAppendReq) => {
      await held;
      const correlation = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options) parts.set(correlation, { options, events: [] });
      const pending = parts.get(correlation);
      if (!pending) return;
      pending.events.push(...request.getProposedMessagesList().map(proposedEvent));
      if (!request.getIsFinal()) return;
      parts.delete(correlation);
      counts.appends += 1;
      const wanted = refuses(call.metadata);
      if (wanted) call.emit('error', leaderError(wanted));
      else answerAppend(call, request, pending);
    };
    calls.add(call);
    call.on('close', () => calls.delete(call));
    call.on('cancelled', () => calls.delete(call));
    call.on('data', (request: BatchAppendReq) => void receive(request));
    call.on('end', () => call.end());
    call.on('error', () => {});
  };

  const answerAppend = (
    call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
    request: BatchAppendReq,
    { options, events }: { options: BatchAppendReq.Options; events: StandInEvent[] },
  ) => {
    const fault = faults.shift();
    const stream = streamName(options.getStreamIdentifier());
    const expected = expectedInBatch(options);
    if (fault === 'ignored') return;
    const wrongUser = forbidden(call.metadata, '$w', stream);
    if (wrongUser && wrongUser.message !== denied().message) {
      call.emit('error', wrongUser);
      return;
    }
    if (fault === 'not_ready' || fault === 'denied' || wrongUser) {
      const status = fault === 'not_ready' ? notHandledStatus('Server Is Not Ready') : accessDeniedStatus();
      call.write(batchAnswer(request, stream, status, expected));
      return;
    }
    const written = log.append(stream, expected, events);
    if (fault === 'lost') return;
    if (fault === 'ended') {
      call.end();
      return;
    }
    const answer = batchAnswer(request, stream, fault === 'timeout' ? timeoutStatus() : written, expected);
    call.write(answer);
    if (fault === 'twice') call.write(answer);
  };

  const append = (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => {
    const messages: AppendReq[] = [];
    call.on('data', (message: AppendReq) => messages.push(message));
    call.on('error', () => {});
    call.on('end', () => {
      const options = messages[0]?.getOptions();
      if (!options) return answer({ code: status.INVALID_ARGUMENT, details: 'no options' });
      const wanted = refuses(call.metadata);
      if (wanted) return answer(leaderError(wanted));
      const wrongUser = forbidden(call.metadata, '$w', streamName(options.getStreamIdentifier()));
      if (wrongUser) return answer(wrongUser);
      const events = messages
        .slice(1)
        .flatMap((message) => message.getProposedMessage() ?? [])
        .map(proposedEvent);
      return answer(null, appendAnswer(log.append(streamName(options.getStreamIdentifier()), expectedInAppend(options), events)));
    });
  };

  const read = async (call: ServerWritableStream<ReadReq, ReadResp>) => {
    call.on('error', () => {});
    counts.reads += 1;
    await held;
    const options = call.request.getOptions();
    const wanted = refuses(call.metadata);
    const stream = options?.hasStream() ? streamName(options.getStream()?.getStreamIdentifier()) : '$all';
    const wrongUser = forbidden(call.metadata, '$r', stream);
    if (!options || wanted || wrongUser) {
      call.emit('error', wanted ? leaderError(wanted) : (wrongUser ?? new Error('no options')));
    } else if (options.hasSubscription()) {
      subscriptions.add(call);
      const stop = subscribeToAll(call, log, options, () => muted);
      call.on('close', () => {
        subscriptions.delete(call);
        stop();
      });
      call.on('cancelled', stop);
    } else if (options.hasStream()) {
      readStream(call, log, options);
    } else {
      counts.looked += readAll(call, log, options);
    }
  };

  const server = new Server();
  const remove =
    <Req extends { getOptions(): { getStreamIdentifier(): shared.StreamIdentifier | undefined } | undefined }>(
      what: 'delete' | 'tombstone',
      response: object,
    ) =>
    ({ request, metadata }: { request: Req; metadata: MetadataType }, answer: sendUnaryData<object>) => {
      const name = streamName(request.getOptions()?.getStreamIdentifier());
      const wrongUser = forbidden(metadata, '$d', name);
      if (!wrongUser) log[what](name);
      answer(wrongUser ?? null, response);
    };
  server.addService(StreamsService, {
    read,
    append,
    batchAppend,
    delete: remove('delete', new streams.DeleteResp().setNoPosition(new shared.Empty())),
    tombstone: remove('tombstone', new streams.TombstoneResp().setNoPosition(new shared.Empty())),
  });
  access?.serve(server);
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<InstanceType<typeof features.SupportedMethods>>) => {
      const methods = ['append', 'batchappend', 'read'].map((name) =>
        new features.SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams'),
      );
      answer(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('23.10.6.0'));
    },
  });
  server.addService(GossipService, {
    read: (_: unknown, answer: sendUnaryData<InstanceType<typeof gossip.ClusterInfo>>) => {
      const states = gossip.MemberInfo.VNodeState;
      const own = member(`${host}:${port}`, leader ? states.FOLLOWER : states.LEADER);
      answer(null, new gossip.ClusterInfo().setMembersList(leader ? [own, member(leader.address, states.LEADER)] : [own]));
    },
  });
  const credentials = secure
    ? ServerCredentials.createSsl(null, [{ cert_chain: secure.certificate, private_key: secure.key }])
    : ServerCredentials.createInsecure();
  const port: number = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  t.teardown(() => server.forceShutdown());

  return {
    url: `esdb://${host}:${port}?tls=${secure !== undefined}`,
    address: `${host}:${port}`,
    nextAppend: (fault) => void faults.push(fault),
    follow: (next) => {
      leader = next;
    },
    hang: () => {
      let release = () => {};
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    mute: () => {
      muted = true;
    },
    endSubscriptions: () => {
      for (const call of subscriptions) call.end();
    },
    restartOn: (next) => {
      const before = log;
      log = next;
      for (const call of [...subscriptions, ...calls]) call.end();
      return before;
    },
    forgetIds: () => log.forgetIds(),
    counts,
  };
};
