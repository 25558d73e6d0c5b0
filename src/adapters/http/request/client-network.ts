import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** Of an IPv6 address its /64, since who has one address has all of these; anything else as it is. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = canonical.replace('::ffff:', '');
  if (isIPv4(mapped)) return mapped;
  const [left = [], right = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(GROUPS - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].slice(0, GROUPS_OF_NETWORK).join(':');
}
