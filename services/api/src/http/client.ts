import { isIPv6 } from 'node:net';
import type { Principal } from '@averment/access';

/** What a request's limits are counted by. `ip` is the address that it came from, past the proxies that `TRUST_PROXY` names. */
type Asked = { principal: Pick<Principal, 'subject'> | null; ip: string };

/** Whom a request is counted for: the subject of its key, else its address. The two never look alike. */
export const clientOf = ({ principal, ip }: Asked): string => (principal === null ? addressOf(ip) : `subject ${principal.subject}`);

/** An address as limits count it: of IPv6 the first 64 bits, which are one subscriber's, who has all the rest to choose from. */
export const addressOf = (ip: string): string => `address ${isIPv6(ip) ? networkOf(ip) : ip}`;

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

const networkOf = (ip: string): string => {
  const four = mapped.exec(ip)?.[1];
  if (four !== undefined) return four;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An address of IPv4 at the end takes the place of two groups.
  const written = before.length + after.length + (ip.includes('.') ? 1 : 0);
  const groups = [...before, ...Array.from({ length: 8 - written }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};
