/** `live` = no cursor. Below 1e15 a cursor is a sequence number, else microseconds since 1970. Both are inclusive. */
export type Cursor = { readonly kind: 'live' } | { readonly kind: 'seq' | 'time'; readonly value: number };

const FIRST_TIME_CURSOR = 1e15;

/** Reads the parameter `cursor`, which both protocols understand alike. */
export function readCursor(text: string | null): Cursor | { readonly fault: string } {
  if (text === null || text === '') return { kind: 'live' };
  if (!/^\d{1,16}$/.test(text)) return { fault: `invalid cursor: ${text}` };
  const value = Number(text);
  return { kind: value < FIRST_TIME_CURSOR ? 'seq' : 'time', value };
}
