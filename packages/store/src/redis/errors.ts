import type { Command, Redis } from 'ioredis';
import type { StoreError } from '../errors.ts';
import { HANDSHAKE } from './offline-queue.ts';

/** Makes every command reject with the store's errors, since ioredis's own differ in their text only. It reads those of its handshake itself. */
export function translateErrors(redis: Redis, toStoreError: (error: unknown) => StoreError): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command: Command, stream?: Parameters<typeof send>[1]) => {
    if (HANDSHAKE.has(command.name)) return send(command, stream);
    const { reject } = command;
    command.reject = (error) => reject(toStoreError(error));
    return send(command, stream);
  };
}
