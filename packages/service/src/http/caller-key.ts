import ipaddr from 'ipaddr.js';

/** The part of an IPv6 address that names a network. A customer gets a /64 at least, with 2^64 addresses. */
const NETWORK_BYTES = 8;
/** A forwarding header may hold anything; a limit keeps only the beginning. */
const MAX_JUNK_CHARACTERS = 64;

/**
 * The name by which a limit counts a caller: an IPv4 address itself, or the /64 of an IPv6 address, such as `2001:db8::/64`.
 * One address has one name, however it is written: mapped IPv4 is IPv4; zone, brackets and port don't count. Text that
 * isn't an address is kept, cut at 64 characters.
 */
export function callerKey(ip: string): string {
  const text = withoutPort(ip.trim());
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString();
  if (!ipaddr.IPv6.isValid(text)) return text.slice(0, MAX_JUNK_CHARACTERS);
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : networkOf(address);
}

function networkOf(address: ipaddr.IPv6): string {
  const bytes = address.toByteArray().fill(0, NETWORK_BYTES);
  return `${ipaddr.fromByteArray(bytes).toString()}/64`;
}

/** Some proxies forward `192.0.2.1:5678` or `[2001:db8::1]:5678`: each connection would be a caller of its own. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  return bracketed ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
}
