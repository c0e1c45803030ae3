// An account's repository: downloaded from its server, and read.
//
// In:  the CAR file that com.atproto.sync.getRepo gives, as bytes on disk.
// Out: its commit, whose signature the caller checks, and its records {uri, cid, collection, rkey, value} in the order of their paths.
// Invariant: nothing is given before every block is known to be what its CID says and the tree to be whole, and the memory
// that this takes does not grow with the repository. A faulty file is a RepositoryError, a faulty server a PdsError.
export { PdsError, type PdsFault } from './download/pds-error.ts';
export { createSpool, type Spool, type SpoolOptions } from './download/spool.ts';
export { xrpcUrl } from './download/xrpc-url.ts';
export {
  type Commit,
  openRepository,
  type Repository,
  type RepositoryOptions,
  type RepositoryRecord,
} from './repository.ts';
export { RepositoryError } from './repository-error.ts';
export type { PathRange } from './tree.ts';
