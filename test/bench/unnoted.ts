import { createRequire } from 'node:module';
import type pg from 'pg';

// Loaded before the api: it then answers a write without noting up to where its subject wrote, as if that cost nothing.
const { Pool } = createRequire(import.meta.resolve('@averment/commands'))('pg') as typeof pg;
const ask = Pool.prototype.query;
Pool.prototype.query = function (this: pg.Pool, ...asked: unknown[]) {
  const [statement] = asked as [{ name?: string }];
  return statement.name === 'work-note-written' ? Promise.resolve({ rows: [] }) : Reflect.apply(ask, this, asked);
} as typeof ask;
