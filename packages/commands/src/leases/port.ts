import type { EditRef } from '../edit.ts';

/** A lease that holds now. `taken` is when the holder took it, which renewing keeps. Times are RFC 3339 in UTC, by the adapter's clock. */
export type Lease = { holder: string; taken: string; until: string };

/** The port of leases (docs/decisions, 13): who reviews an edit in which version. An edit has one lease, and whoever asks judges by the same clock whether it holds. */
export type Leases = {
  /** Takes or renews, for so many milliseconds; undefined when another holds the edit in this version or a later one. */
  take(edit: EditRef, lease: { version: number; holder: string; duration: number }): Promise<Lease | undefined>;
  /** The lease of the edit in this version, if one holds. */
  current(edit: EditRef, version: number): Promise<Lease | undefined>;
  giveBack(edit: EditRef, holder: string): Promise<void>;
  /** Removes the holder's lease unless it was taken after `at`, the moment of the break. */
  removeBroken(edit: EditRef, holder: string, at: string): Promise<void>;
  /** Removes the lease, whoever holds it. */
  end(edit: EditRef): Promise<void>;
};
