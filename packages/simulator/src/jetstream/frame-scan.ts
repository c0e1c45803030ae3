/** Finding one's way in a buffer of a server's text frames. Where a header is cut off, the answer lies beyond the buffer's end. */

export function payloadStart(frames: Uint8Array, at: number): number {
  const short = frames[at + 1] ?? 0;
  return at + (short < 126 ? 2 : short === 126 ? 4 : 10);
}

export function frameEnd(frames: Buffer, at: number): number {
  const short = frames[at + 1];
  if (short === undefined) return Number.POSITIVE_INFINITY;
  if (short < 126) return at + 2 + short;
  const start = payloadStart(frames, at);
  if (start > frames.length) return Number.POSITIVE_INFINITY;
  return (
    start +
    (short === 126 ? ((frames[at + 2] ?? 0) << 8) | (frames[at + 3] ?? 0) : Number(frames.readBigUInt64BE(at + 2)))
  );
}
