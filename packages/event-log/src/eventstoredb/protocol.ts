import { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Channel, Metadata } from '@grpc/grpc-js';

// All that is used of the client package beside its public API: the messages of the store's protocol, and how its own commands get a connection. Nothing
// about them is promised, so nothing else imports them (a lint rule), and another client package is another file like this one: docs/decisions, 29.

export { default as shared } from '@eventstore/db-client/generated/shared_pb.js';
export type { Status } from '@eventstore/db-client/generated/status_pb.js';
export { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
export type { BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
export { default as streams } from '@eventstore/db-client/generated/streams_pb.js';
export { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
export { default as users } from '@eventstore/db-client/generated/users_pb.js';

/**
 * What is used of the client: it finds a node of the cluster, connects with TLS and credentials, and after an error connects anew, to the leader where
 * the error names it. These members are its own commands' way to a connection, hence protected.
 */
export type Inside = {
  execute<C, T>(client: new (...args: never[]) => C, name: string, action: (grpc: C) => Promise<T>): Promise<T>;
  GRPCStreamCreator<S>(client: typeof StreamsClient, name: string, create: (grpc: StreamsClient) => S): () => Promise<S>;
  callArguments(options: { requiresLeader?: boolean; deadline?: number }, more?: CallOptions): [Metadata, CallOptions];
  getChannel(): Promise<Channel>;
  dispose(): Promise<void>;
};

/** The client of a connection string. Nothing is connected before the first use. */
export const insideOf = (url: string): Inside => EventStoreDBClient.connectionString(url) as unknown as Inside;

/** Ends the calls and gives the connection back. */
export const disposeOf = async (inside: Inside): Promise<void> => {
  // Ends every call, and leaves the connection open. It waits for each call to finish, which one that the server has ended by itself may never do.
  void inside.dispose();
  const channel = await inside.getChannel().catch(() => undefined);
  channel?.close();
};
