import { LogUnavailable } from '@averment/event-log';
import { DatabaseAway } from '@averment/platform';
import pg from 'pg';
import t from 'tap';
import { isPoison } from '../../src/runner/poison.ts';

const refused = (code: string) => Object.assign(new pg.DatabaseError('', 0, 'error'), { code });

t.test('an event is poison only where the fault is its own', (t) => {
  for (const code of ['22001', '22P05', '23505', '25P02', '54000', 'P0001']) t.ok(isPoison(refused(code)), code);
  for (const error of [new TypeError('x is undefined'), new Error('no such claim'), 'thrown']) t.ok(isPoison(error), String(error));

  for (const code of ['25006', '25P03', '40001', '40003', '53100', '55006', '57014', '58030'])
    t.notOk(isPoison(refused(code)), `${code}: away`);
  for (const code of ['0A000', '28P01', '3D000', '42703', '42P01', 'F0000', 'XX000'])
    t.notOk(isPoison(refused(code)), `${code}: meets every event`);
  for (const error of [new LogUnavailable('away'), new DatabaseAway('away'), new Error('Connection terminated unexpectedly')])
    t.notOk(isPoison(error), String(error));
  t.end();
});
