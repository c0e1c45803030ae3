export { type Account, AccountError, type Accounts, type CheckCommit, createAccounts } from './accounts.ts';
export { createDidDirectory, type DidAnswer, type DidDirectory } from './did-directory.ts';
export type { DidDocument } from './did-document.ts';
export { createDidResolver, type DidResolver, didWebUrl, ResolutionError } from './did-resolver.ts';
export { createHandles, type Handles } from './handles.ts';
export { isPublicAddress } from './public-address.ts';
export { createSafeFetch, type SafeFetch } from './safe-fetch.ts';
export { createSignatureVerifier } from './signature.ts';
export { parseDidKey, type SigningAlgorithm, type SigningKey, signingKey } from './signing-key.ts';
