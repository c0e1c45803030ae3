import { isDid, isHandle } from '@updraft/atproto';
import { parseVerificationMethod, type SigningKey } from './signing-key.ts';

/** The parts of a DID document that we use. */
export interface DidDocument {
  readonly did: string;
  /** The first `at://` name in lower case. The document claims it; whether the handle names the DID is not checked yet. */
  readonly handle: string | undefined;
  /** The `#atproto` key that signs the account's repository and its service tokens. */
  readonly signingKey: SigningKey | undefined;
  /** Origin of the account's server, e.g. `https://pds.example`. */
  readonly pds: string | undefined;
  /** Absent for an account that is no labeler. */
  readonly labeler?: LabelerEntries;
}

/** Where a labeler's labels come from, and its `#atproto_label` key, which signs them: undefined when the document has none that can be read. */
export interface LabelerEntries {
  readonly origin: string;
  readonly signingKey: SigningKey | undefined;
}

/** Reads a DID document from any JSON; undefined unless its `id` is `did`. */
export function parseDidDocument(did: string, value: unknown): DidDocument | undefined {
  if (!isDid(did) || !isObject(value) || value['id'] !== did) return undefined;
  const signingKey = readSigningKey(did, value, 'atproto');
  const pds = readOrigin(did, value, 'atproto_pds', 'AtprotoPersonalDataServer');
  const labeler = readLabeler(did, value);
  return { did, handle: readHandle(value), signingKey, pds, ...(labeler !== undefined && { labeler }) };
}

function readLabeler(did: string, document: JsonObject): LabelerEntries | undefined {
  const origin = readOrigin(did, document, 'atproto_labeler', 'AtprotoLabeler');
  return origin === undefined ? undefined : { origin, signingKey: readSigningKey(did, document, 'atproto_label') };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function readHandle(document: JsonObject): string | undefined {
  const names: unknown[] = Array.isArray(document['alsoKnownAs']) ? document['alsoKnownAs'] : [];
  for (const name of names) {
    if (typeof name !== 'string' || !name.startsWith('at://')) continue;
    const handle = name.slice('at://'.length).toLowerCase();
    return isHandle(handle) ? handle : undefined;
  }
  return undefined;
}

/** The first entry whose id is `#fragment`, relative or absolute. */
function byFragment(did: string, entries: JsonObject[], fragment: string): JsonObject | undefined {
  return entries.find(({ id }) => id === `#${fragment}` || id === `${did}#${fragment}`);
}

function readSigningKey(did: string, document: JsonObject, fragment: string): SigningKey | undefined {
  const method = byFragment(did, objects(document['verificationMethod']), fragment);
  if (method === undefined) return undefined;
  return parseVerificationMethod({ type: method['type'], publicKeyMultibase: method['publicKeyMultibase'] });
}

/** The origin of a service's address. */
function readOrigin(did: string, document: JsonObject, fragment: string, type: string): string | undefined {
  const service = byFragment(did, objects(document['service']), fragment);
  const endpoint = service?.['serviceEndpoint'];
  if (service?.['type'] !== type || typeof endpoint !== 'string') return undefined;
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined;
}
