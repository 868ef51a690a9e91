import { BlockList, isIP } from 'node:net';

/** Networks that are not the public Internet, by version 4. */
const INTERNAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of version 6 only this is public; what is mapped, local or translated lies outside of it. */
const PUBLIC_V6 = ['2000::', 3] as const;
/** Parts of it that lead to addresses of version 4, and those of documents. */
const INTERNAL_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const internal = new BlockList();
for (const [net, prefix] of INTERNAL_V4) internal.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of INTERNAL_V6) internal.addSubnet(net, prefix, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet(...PUBLIC_V6, 'ipv6');

/** Whether an address leads anywhere but to the public Internet; what is no address does. */
export function isInternal(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return internal.check(address, 'ipv4');
    case 6:
      return !publicV6.check(address, 'ipv6') || internal.check(address, 'ipv6');
    default:
      return true;
  }
}
