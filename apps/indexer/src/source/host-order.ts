import { protocolOf } from '@updraft/jetstream';
import { isSameServer } from '../cursor/resume-point.ts';

/** The hosts in the order in which they are read: v2 has everything, v1 is the fallback. */
export function hostsInOrder(hosts: readonly string[]): string[] {
  return [...hosts.filter(isV2), ...hosts.filter((host) => !isV2(host))];
}

/** Where to begin: at the host that was read last, or at v2 of the same server, since it goes on by sequence number; but at no v1 host while there is one of v2. */
export function firstHost(hosts: readonly string[], lastHost: string | undefined): string {
  const [first = ''] = hostsInOrder(hosts);
  if (lastHost === undefined) return first;
  const upgraded = hosts.find((host) => isV2(host) && isSameServer(host, lastHost));
  if (upgraded !== undefined) return upgraded;
  return hosts.includes(lastHost) && !isV2(first) ? lastHost : first;
}

export function isV2(host: string): boolean {
  return protocolOf(host) === 'v2';
}
