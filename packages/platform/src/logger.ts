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

/**
 * A logger that writes one JSON object a line to standard error; standard output belongs to what a command answers.
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
  return options.write === undefined ? pino(settings, pino.destination({ dest: 2, sync: true })) : pino(settings, { write: options.write });
};
