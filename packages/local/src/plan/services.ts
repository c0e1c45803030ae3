import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keepTokenKey } from '../data-folder/token-key.ts';
import { PROJECT_ROOT } from '../project-root.ts';
import type { NamedAddress } from '../screen/snapshot.ts';
import type { NodeProgram } from '../supervision/node-program.ts';
import { loopback } from './addresses.ts';
import type { Surroundings } from './surroundings.ts';

/** Built by the bootstrap; the services start without it. */
const CONSOLE = join(PROJECT_ROOT, 'apps', 'console', 'dist', 'index.html');

/** A service, with what the screen shows. */
export interface Service {
  readonly program: NodeProgram;
  /** Ports it listens on, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
  readonly addresses: readonly NamedAddress[];
}

interface ServicesOptions extends Pick<Surroundings, 'ports' | 'env' | 'folder'> {
  readonly indexerEnv: NodeJS.ProcessEnv;
}

/** The services that are installed; `env` leads to the databases and the network, `indexerEnv` is the indexer's alone. */
export function listServices({ ports, env, indexerEnv, folder }: ServicesOptions): Service[] {
  const service = (name: string, own: NodeJS.ProcessEnv) => ({
    name,
    main: join(PROJECT_ROOT, 'apps', name, 'src', 'main.ts'),
    env: { ...env, ...own },
  });
  const all = [
    {
      program: service('indexer', {
        ...indexerEnv,
        METRICS_LISTEN_ADDRESS: loopback(ports.indexerMetrics),
        // Frames and rows are short-lived: a small young generation holds them; a large one would take 100 MB more for nothing.
        NODE_OPTIONS: `--max-semi-space-size=8 ${env['NODE_OPTIONS'] ?? ''}`,
      }),
      ports: { 'the indexer’s metrics': ports.indexerMetrics },
      addresses: [{ label: 'Metrics', address: `http://${loopback(ports.indexerMetrics)}/metrics` }],
    },
    {
      program: service('feedgen', {
        ...originsOf(ports),
        LISTEN_ADDRESS: loopback(ports.feedgen),
        METRICS_LISTEN_ADDRESS: loopback(ports.feedgenMetrics),
      }),
      ports: { 'the feed generator': ports.feedgen, 'the feed generator’s metrics': ports.feedgenMetrics },
      addresses: [{ label: 'Feeds', address: `http://${loopback(ports.feedgen)}` }],
    },
    {
      program: service('search', {
        ...originsOf(ports),
        LISTEN_ADDRESS: loopback(ports.search),
        METRICS_LISTEN_ADDRESS: loopback(ports.searchMetrics),
        CLEANUP_TOKEN_KEY: env['CLEANUP_TOKEN_KEY'] || keepTokenKey(folder),
      }),
      ports: { 'the search service': ports.search, 'the search service’s metrics': ports.searchMetrics },
      addresses: searchAddresses(`http://${loopback(ports.search)}`),
    },
  ];
  return all.filter(({ program }) => existsSync(program.main));
}

/** Where browsers reach the services that the console's pages ask. */
function originsOf({ feedgen, search }: Surroundings['ports']): NodeJS.ProcessEnv {
  return { FEEDGEN_ORIGIN: `http://${loopback(feedgen)}`, SEARCH_ORIGIN: `http://${loopback(search)}` };
}

function searchAddresses(address: string): NamedAddress[] {
  const search = { label: 'Search', address };
  return existsSync(CONSOLE) ? [search, { label: 'Console', address: `${address}/console/` }] : [search];
}
