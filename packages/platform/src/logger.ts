import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secrets = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'request.headers.authorization',
  'databaseUrl',
  'key',
  'password',
];

/** Several processes write to one terminal, and one of them may be in the middle of a line that tells how far it is. */
const clearLine = '\r\u001b[K';
const readable = process.stderr.isTTY
  ? (await import('pino-pretty')).prettyFactory({ colorize: !process.env.NO_COLOR, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' })
  : null;

/**
 * A logger that writes one JSON object a line to standard error, or on a terminal lines to read; standard output belongs to what a command answers.
 * Credentials are left out where they are known to stand. Lines are written at once, so that none is lost when the process ends.
 */
export const createLogger = (options: { level: LogLevel; name: string; write?: (line: string) => void }): Logger => {
  const settings = {
    level: options.level,
    name: options.name,
    redact: { paths: secrets, censor: '[left out]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (options.write !== undefined) return pino(settings, { write: options.write });
  const stream = pino.destination({ dest: 2, sync: true });
  // The terminal may be gone: what is not written then is no reason to end before everything is in order.
  stream.on('error', () => undefined);
  return pino(settings, readable === null ? stream : { write: (line: string) => stream.write(`${clearLine}${readable(line)}`) });
};
