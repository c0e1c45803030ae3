import { encode, fromBytes, isBytes } from '@atcute/cbor';
import { describe, isDid, isJsonObject, type JsonObject, parseAtUri, parseTimeMs } from '@updraft/atproto';

/** What a labeler says of an account or a record. One with a cid is taken as about the record, whatever its version. */
export interface Label {
  /** The account that it is about, or whose record it is about. */
  readonly did: string;
  /** A DID, or the at-uri of a record. */
  readonly uri: string;
  readonly val: string;
  /** It takes the label back. */
  readonly neg: boolean;
  /** When the labeler says that it was made, in milliseconds since 1970. */
  readonly ctsMs: number;
  /** When it ends, likewise. */
  readonly expMs: number | undefined;
}

export type LabelReading =
  | { readonly ok: true; readonly label: Label; readonly signedBytes: Uint8Array; readonly signature: Uint8Array }
  | { readonly ok: false; readonly detail: string };

/** The DID that an unread label is about, for whoever must find it again; '' when it names none. */
export function subjectDid(value: unknown): string {
  const uri = isJsonObject(value) ? value['uri'] : undefined;
  return typeof uri === 'string' ? (didOf(uri) ?? '') : '';
}

/** Reads a label of this labeler, all but whether it signed it. Never throws. Source: the lexicon com.atproto.label.defs#label */
export function readLabel(value: unknown, labeler: string): LabelReading {
  if (!isJsonObject(value)) return { ok: false, detail: 'the label is not an object' };
  const fault = faultOf(value, labeler);
  if (fault !== undefined) return { ok: false, detail: fault };
  const { sig, ...unsigned } = value;
  const [uri, val] = [String(value['uri']), String(value['val'])];
  const label: Label = {
    did: didOf(uri) ?? '',
    uri,
    val,
    neg: value['neg'] === true,
    ctsMs: timeOf(value['cts']) ?? 0,
    expMs: timeOf(value['exp']),
  };
  return {
    ok: true,
    label,
    signedBytes: encode(unsigned),
    signature: isBytes(sig) ? fromBytes(sig) : new Uint8Array(),
  };
}

const VERSION = 1;
const MAX_VAL_BYTES = 128;

/** What each field must be. An unknown one is covered by the signature and means nothing here. */
const FIELDS: Readonly<Record<string, (value: unknown, labeler: string) => boolean>> = {
  ver: (value) => value === VERSION,
  src: (value, labeler) => value === labeler,
  uri: (value) => typeof value === 'string' && didOf(value) !== undefined,
  cid: (value) => value === undefined || typeof value === 'string',
  val: (value) => typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= MAX_VAL_BYTES,
  neg: (value) => value === undefined || typeof value === 'boolean',
  cts: (value) => timeOf(value) !== undefined,
  exp: (value) => value === undefined || timeOf(value) !== undefined,
  sig: isBytes,
};

function faultOf(value: JsonObject, labeler: string): string | undefined {
  for (const [name, isValid] of Object.entries(FIELDS))
    if (!isValid(value[name], labeler)) return `${name} is ${describe(value[name])}`;
  for (const [name, field] of Object.entries(value))
    if (FIELDS[name] === undefined && typeof field === 'object' && field !== null)
      return `${name.slice(0, 64)} is unknown, and no plain value`;
  return undefined;
}

/** The account of a DID or of an at-uri; undefined for other addresses, and for at-uris with a handle, which may change hands. */
function didOf(uri: string): string | undefined {
  if (isDid(uri)) return uri;
  const authority = parseAtUri(uri)?.authority;
  return authority !== undefined && isDid(authority) ? authority : undefined;
}

/** DateTime64 ends with the year 2299, and 1970-01-01 means there that a label has no end. */
const LAST_MS = Date.UTC(2299, 11, 31);

/** The time, moved into what the table holds. */
function timeOf(value: unknown): number | undefined {
  const ms = parseTimeMs(value);
  return ms === undefined ? undefined : Math.min(Math.max(ms, 1), LAST_MS);
}
