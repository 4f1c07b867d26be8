import { EventEmitter } from 'node:events';
import t from 'tap';
import { createLogger, createShutdown, type ProcessLike } from '../src/index.ts';

const logger = createLogger({ level: 'silent', name: 'test' });

/** A process that can be told signals, and that remembers how it ended. */
const playedProcess = (more: { channel?: object | null; connected?: boolean } = {}) => {
  const codes: number[] = [];
  const ended = Promise.withResolvers<number>();
  const emitter = new EventEmitter();
  const own: ProcessLike & EventEmitter = Object.assign(emitter, {
    ...more,
    exit: (code: number) => {
      codes.push(code);
      ended.resolve(code);
    },
  });
  return { own, codes, ended: ended.promise };
};

t.test('closes in the opposite order, one after another, then ends with 0', async (t) => {
  const { own, codes, ended } = playedProcess();
  const shutdown = createShutdown({ logger, process: own });
  const closed: string[] = [];
  shutdown.add('database', () => void closed.push('database'));
  shutdown.add('http', async () => {
    await Promise.resolve();
    closed.push('http');
  });
  t.equal(shutdown.signal.aborted, false);
  own.emit('SIGTERM');
  t.equal(shutdown.signal.aborted, true);
  t.equal(await ended, 0);
  t.same(closed, ['http', 'database']);
  await shutdown.begin('again', 3);
  t.same(codes, [0], 'a second call changes nothing');
});

t.test('a closer that fails does not keep the others from closing', async (t) => {
  const { own, ended } = playedProcess();
  const shutdown = createShutdown({ logger, process: own });
  const closed: string[] = [];
  shutdown.add('database', () => void closed.push('database'));
  shutdown.add('http', () => Promise.reject(new Error('no')));
  own.emit('SIGINT');
  t.equal(await ended, 1);
  t.same(closed, ['database']);
});

t.test('one press of Ctrl-C may arrive several times, a second press ends at once', async (t) => {
  let now = 0;
  const { own, codes } = playedProcess();
  const shutdown = createShutdown({ logger, process: own, now: () => now });
  shutdown.add('never', () => new Promise(() => undefined));
  own.emit('SIGINT');
  now = 900;
  own.emit('SIGINT');
  t.same(codes, []);
  now = 1100;
  own.emit('SIGINT');
  t.same(codes, [1]);
});

t.test('what does not close in time is left', async (t) => {
  const { own, ended } = playedProcess();
  const shutdown = createShutdown({ logger, process: own, grace: 1 });
  shutdown.add('never', () => new Promise(() => undefined));
  own.emit('SIGTERM');
  t.equal(await ended, 1);
});

t.test('a child leaves Ctrl-C to its parent, and ends when the parent lets go of it', async (t) => {
  const { own, codes, ended } = playedProcess({ channel: {}, connected: true });
  createShutdown({ logger, process: own });
  own.emit('SIGINT');
  t.same(codes, []);
  own.emit('disconnect');
  t.equal(await ended, 0);
});

t.test('a child whose parent died before it was ready ends as well', async (t) => {
  const { own, ended } = playedProcess({ channel: null, connected: false });
  createShutdown({ logger, process: own });
  t.equal(await ended, 0);
});
