import ipaddr from 'ipaddr.js';

/** All addresses of the public network. Source: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** Azure's host gives its guests settings and secrets at this address, which looks public. */
const AZURE_HOST = '168.63.129.16';

/**
 * Whether an IP address, as a socket or a resolver writes it, belongs to the public network. Addresses with a special purpose
 * don't, and neither do IPv6 addresses that contain an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo, …): that one may
 * be private, and a public one can be used directly.
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
