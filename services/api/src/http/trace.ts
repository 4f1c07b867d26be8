import type { Random } from '@averment/platform';

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/** The trace of a request: the caller's (W3C Trace Context, `traceparent`) where it sent one, else a new one. 32 hexadecimal digits. */
export const traceOf = (header: string | string[] | undefined, random: Random): string => {
  const sent = typeof header === 'string' ? traceparent.exec(header)?.[1] : undefined;
  return sent !== undefined && sent !== '0'.repeat(32) ? sent : random.uuid().replaceAll('-', '');
};
