import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Account } from './account.ts';
import { EmbeddedError } from './errors.ts';

/** Runs one of PostgreSQL's programs to its end, as the account if there is one. Throws an `EmbeddedError` with what it said if it fails. */
export const runProgram = (file: string, args: readonly string[], account: Account | null): Promise<void> => {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: '/',
      env: {
        PATH: process.env.PATH ?? '',
        LC_ALL: 'C',
        TZ: 'UTC',
        ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A process group of its own: Ctrl-C in a terminal must not reach the server before those who use it.
      detached: process.platform !== 'win32',
      ...(account ?? {}),
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.on('error', (error) => reject(new EmbeddedError(`${basename(file)} could not be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EmbeddedError(`${basename(file)} failed (${signal ?? code}): ${said.trim() || 'it said nothing'}`));
    });
  });
};
