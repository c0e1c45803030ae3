export { type Account, AccountError, type Accounts, type CheckCommit, createAccounts } from './accounts.ts';
export { createDidDirectory, type DidAnswer, type DidDirectory } from './did-directory.ts';
export type { DidDocument, LabelerEntries } from './did-document.ts';
export { createDidResolver, type DidResolver, ResolutionError } from './did-resolver.ts';
export { createHandles, type Handles } from './handles.ts';
export { createSafeFetch, type SafeFetch } from './safe-fetch.ts';
export { createSignatureVerifier } from './signature.ts';
export { parseDidKey, type SigningAlgorithm, type SigningKey, signingKey } from './signing-key.ts';
export { type SocketGuard, socketGuard } from './socket-guard.ts';
