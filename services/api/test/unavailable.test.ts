import pg from 'pg';
import t from 'tap';
import { refusalOf } from '../src/plugins/app/errors.ts';

const refused = (code: string) => Object.assign(new pg.DatabaseError('', 0, 'error'), { code });

t.test('a database that is away is answered 503, a fault of the program 500', (t) => {
  for (const code of ['08006', '25006', '25P03', '40001', '40003', '53300', '55006', '55P03', '57014', '57P01', '58030', '42P01'])
    t.equal(refusalOf(refused(code)).code, 'Unavailable', code);
  for (const code of ['22P02', '23505', '28P01', '42703', 'XX000']) t.equal(refusalOf(refused(code)).code, 'Internal', code);
  t.equal(refusalOf(new Error('Connection terminated unexpectedly')).code, 'Unavailable');
  t.end();
});
