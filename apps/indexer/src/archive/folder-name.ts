import { hash } from 'node:crypto';
import type { RedisAddress } from '@updraft/store';

/**
 * The name of a store's own folder for a purpose: several systems of one machine may have the same prefix, each in a Redis of its own. Who
 * shares both holds a lease there.
 */
export function folderName(purpose: string, { address, prefix }: Pick<RedisAddress, 'address' | 'prefix'>): string {
  return `${purpose}-${prefix.replaceAll(/[^\w-]/g, '-')}-${hash('sha256', `${address}\n${prefix}`, 'hex').slice(0, 8)}`;
}
