import { BytesWrapper, CidLinkWrapper } from '@atcute/cbor';

/** Whether a decoded payload has more levels of maps and arrays. Bytes and links are no levels. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof CidLinkWrapper || value instanceof BytesWrapper) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeper(child, levels - 1));
  for (const key in value) if (isDeeper(Reflect.get(value, key), levels - 1)) return true;
  return false;
}
