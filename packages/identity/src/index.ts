export { createDidDirectory, type DidAnswer, type DidDirectory, type DidDirectoryOptions } from './did-directory.ts';
export { type DidDocument, parseDidDocument } from './did-document.ts';
export {
  createDidResolver,
  type DidResolver,
  type DidResolverOptions,
  didWebUrl,
  ResolutionError,
} from './did-resolver.ts';
export { createHandles, type Handles } from './handles.ts';
export { createSafeFetch, type SafeFetch, type SafeFetchOptions } from './safe-fetch.ts';
export { createSignatureVerifier, type SignatureVerifier } from './signature.ts';
export {
  parseDidKey,
  parseVerificationMethod,
  type SigningAlgorithm,
  type SigningKey,
  signingKey,
} from './signing-key.ts';
