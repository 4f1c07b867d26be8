import pg from 'pg';
import t from 'tap';
import { DatabaseAway, isAway } from '../src/index.ts';

const refused = (code: string) => Object.assign(new pg.DatabaseError('', 0, 'error'), { code });
const failed = (code: string, syscall?: string) => Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) });

t.test(
  'what PostgreSQL says of itself, or of the way to it, is away; what it says of the statement, of the program or of the settings is not',
  (t) => {
    const away: Record<string, string> = {
      '08006': 'connection_failure',
      25006: 'read_only_sql_transaction',
      '25P03': 'idle_in_transaction_session_timeout',
      '25P04': 'transaction_timeout',
      40001: 'serialization_failure',
      40003: 'statement_completion_unknown',
      '40P01': 'deadlock_detected',
      53100: 'disk_full',
      53300: 'too_many_connections',
      55000: 'object_not_in_prerequisite_state',
      55006: 'object_in_use',
      '55P03': 'lock_not_available',
      57014: 'query_canceled',
      '57P01': 'admin_shutdown',
      '57P03': 'cannot_connect_now',
      58030: 'io_error',
    };
    for (const [code, name] of Object.entries(away)) t.ok(isAway(refused(code)), `${code} ${name}`);
    const there: Record<string, string> = {
      '0A000': 'feature_not_supported',
      '22P02': 'invalid_text_representation',
      23505: 'unique_violation',
      25001: 'active_sql_transaction',
      '25P02': 'in_failed_sql_transaction',
      28000: 'invalid_authorization_specification',
      '28P01': 'invalid_password',
      '3D000': 'invalid_catalog_name',
      42501: 'insufficient_privilege',
      '42P01': 'undefined_table',
      54000: 'program_limit_exceeded',
      AV001: 'our own',
      F0000: 'config_file_error',
      P0001: 'raise_exception',
      XX000: 'internal_error',
    };
    for (const [code, name] of Object.entries(there)) t.notOk(isAway(refused(code)), `${code} ${name}`);
    t.end();
  },
);

t.test('so is what the driver and Node say of a connection, and no other error', (t) => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND']) t.ok(isAway(failed(code)), code);
  t.ok(isAway(failed('ENOENT', 'connect')), 'a socket that is not there');
  t.ok(isAway(new AggregateError([failed('EACCES', 'connect')])), 'one of several addresses');
  t.ok(isAway(new DatabaseAway('no connection')));
  for (const words of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])
    t.ok(isAway(new Error(words)), words);
  for (const error of [
    new Error('no'),
    new TypeError('x is undefined'),
    failed('ENOENT', 'open'),
    failed('FST_ERR_BAD_URL'),
    'ECONNRESET',
    undefined,
  ])
    t.notOk(isAway(error), String(error));
  t.end();
});
