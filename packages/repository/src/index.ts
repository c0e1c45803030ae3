// Downloads an account's repository from its server, and reads it.
//
// In:  the CAR file that com.atproto.sync.getRepo gives, as bytes on disk.
// Out: the records {uri, cid, collection, rkey, value} in the order of their paths, and the commit, whose signature the caller checks.
// Invariant: no record comes out before every block is known to match its CID and the tree is known to be whole. Memory does not
// grow with the repository. A faulty file is a RepositoryError, a faulty server a PdsError.
export { PdsError, type PdsFault } from './download/pds-error.ts';
export { createSpool, type Spool } from './download/spool.ts';
export { xrpcUrl } from './download/xrpc-url.ts';
export {
  type Commit,
  openRepository,
  type Repository,
  type RepositoryOptions,
  type RepositoryPayload,
  type RepositoryRecord,
} from './repository.ts';
export { RepositoryError } from './repository-error.ts';
export { type Faulty, type RepositoryThread, reportFaults, startRepositoryThread } from './repository-thread.ts';
export { collectionRange, recordRange } from './tree.ts';
