import ipaddr from 'ipaddr.js';

/** All that is assigned for the public network. Source: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** Azure's host answers its guests here with settings and secrets, by an address that looks public. */
const AZURE_HOST = '168.63.129.16';

/**
 * Whether an IP address, as a socket or a resolver writes it, is one of the public network. Private are all addresses of a
 * special purpose, and all forms of IPv6 that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo, …): what
 * they carry may be private, and what is public has an address of its own.
 * Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return address !== AZURE_HOST && isUnicast(address);
  if (!ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.zoneId === undefined && parsed.match(GLOBAL_UNICAST) && isUnicast(address);
}

function isUnicast(address: string): boolean {
  return ipaddr.parse(address).range() === 'unicast';
}
