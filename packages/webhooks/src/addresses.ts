import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The name of a receiver leads to an address that is nobody's but this network's. */
export class AddressNotAllowed extends Error {
  override name = 'AddressNotAllowed';
}

const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: no loopback, private, link-local, shared (CGNAT), multicast, documentation or other special one, and no
 * IPv6 form that carries an IPv4 address (NAT64, 6to4, Teredo), but a mapped one, which counts as the IPv4 address that it is.
 */
export const isPublicAddress = (address: string): boolean => {
  const bare = address.split('%')[0] ?? '';
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.process(bare);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
};

/** The host of a URL as an address; null for a name. */
const literalOf = ({ hostname }: URL): string | null => {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
};

/** Ports on which other protocols are spoken lie below; a web server that is not at its usual port has one of its own. */
const firstFreePort = 1024;

/** Why a URL can be no receiver's, as far as it tells by itself; null if it can. Where its name leads to is seen when it is connected to. */
export const whyNoReceiver = (text: string, { privateAddresses }: { privateAddresses: boolean }): string | null => {
  const url = URL.parse(text);
  if (url === null) return 'must be an absolute URL';
  if (url.protocol !== 'https:' && !(privateAddresses && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password: requests are signed';
  if (url.hash !== '') return 'must not hold a fragment';
  if (privateAddresses) return null;
  if (url.port !== '' && Number(url.port) < firstFreePort) return `must have the port 443, or one from ${firstFreePort} on`;
  const literal = literalOf(url);
  if (literal !== null && !isPublicAddress(literal)) return 'must not lead to a private or otherwise special address';
  if (literal === null && !url.hostname.includes('.')) return 'must have a full host name';
  return null;
};

/** Looks names up, and gives nothing but public addresses to connect to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '');
    const [first, ...others] = found.filter(({ address }) => isPublicAddress(address));
    if (first === undefined) return callback(new AddressNotAllowed(`${hostname} leads to no public address`), '');
    if (options.all) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};

/** Node looks up no name that is an address already. Throws `AddressNotAllowed`. */
export const requirePublicLiteral = (url: URL): void => {
  const literal = literalOf(url);
  if (literal !== null && !isPublicAddress(literal)) throw new AddressNotAllowed(`${literal} is no public address`);
};
