/** What every event has beside its type and data. `at` is the command's clock; `recordedAt` and `position` are the store's. */
export type Envelope = {
  id: string;
  schema: number;
  stream: string;
  revision: number;
  /** Revision of the last event of the same append. */
  last: number;
  at: string;
  actor: string;
  edit: number | null;
  command: string;
  /** HMAC of the request's body, on a command's first event only. */
  request: string | null;
  correlation: string | null;
  position: bigint;
  recordedAt: string;
};
