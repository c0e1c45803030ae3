import { type Stack, type Store, startStack } from '../indexer/stack.ts';
import { createAccount, type TestAccount } from './account.ts';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';
import { type SearchService, startSearchService } from './service.ts';

/** A search service, and an account on a real PDS whose repository and lists it reads. */
export interface Readings extends AsyncDisposable {
  readonly store: Store;
  readonly network: DevNetwork;
  readonly service: SearchService;
  readonly account: TestAccount;
}

export async function startReadings(name: string, env: Readonly<Record<string, string>> = {}): Promise<Readings> {
  const [stack, network]: [Stack, DevNetwork] = await Promise.all([startStack(), startDevNetwork()]);
  const store = await stack.createStore(name);
  const service = await startSearchService(store, {
    PLC_HOST: network.plcUrl,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    EXPORT_IDLE_TIMEOUT: '4s',
    EXPORT_MAX_BYTES: '1000000',
    ...env,
  });
  return {
    store,
    network,
    service,
    account: await createAccount(network.pdsUrl, name),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await stack.close();
    },
  };
}
