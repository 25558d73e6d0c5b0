import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/** The /64 network of an IPv6 address, since one client usually controls all of it; any other address unchanged. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = canonical.replace('::ffff:', '');
  if (isIPv4(mapped)) return mapped;
  const [left = [], right = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(IPV6_GROUPS - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].slice(0, NETWORK_GROUPS).join(':');
}
