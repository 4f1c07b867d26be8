import type { Row } from '../bench.ts';
import { append } from './append.ts';
import { candidates } from './candidates.ts';
import { desk } from './desk.ts';
import { decision, edit } from './edit.ts';
import { emmett } from './emmett.ts';
import { exports } from './exports.ts';
import { get } from './get.ts';
import { ledger } from './ledger.ts';
import { delta, list, past } from './list.ts';
import { long } from './long.ts';
import { lookup } from './lookup.ts';
import { memory } from './memory.ts';
import { noted } from './noted.ts';
import { pages } from './pages.ts';
import { profiles } from './profiles.ts';
import { readable } from './readable.ts';
import { rebuild } from './rebuild.ts';
import { store } from './store.ts';
import { streams } from './streams.ts';

/** Everything that is measured, by the name that picks it. */
export const rows: Record<string, Row> = {
  append,
  rebuild,
  get,
  edit,
  noted,
  emmett,
  decision,
  readable,
  list,
  delta,
  past,
  exports,
  candidates,
  desk,
  pages,
  lookup,
  long,
  ledger,
  streams,
  store,
  profiles,
  memory,
};

/** Rows that measure this build beside another product, or beside itself without a part; a build that it is measured against need not have what they import. */
export const onlyHere: ReadonlySet<string> = new Set(['emmett', 'exports', 'ledger', 'noted', 'pages', 'streams']);
