/** Cuts a stream of bytes into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** The last line may lack its line end. */
  end(): void;
}

/**
 * Calls `onLine` with the text of each line, without `\n` or `\r\n`; empty lines too. A line longer than `maxBytes` is cut there, so that
 * memory stays bounded whatever the file has.
 */
export function createLineSplitter(maxBytes: number, onLine: (text: string) => void): LineSplitter {
  /** Pieces of a line that began in earlier chunks. */
  let pieces: Buffer[] = [];
  let piecesBytes = 0;
  const keep = (piece: Buffer): void => {
    const kept = piece.subarray(0, Math.max(0, maxBytes - piecesBytes));
    if (kept.length === 0) return;
    pieces.push(kept);
    piecesBytes += kept.length;
  };
  const give = (line: Buffer, start: number, end: number): void => {
    const last = end > start && line[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    onLine(line.toString('utf8', start, Math.min(last, start + maxBytes)));
  };
  const giveKept = (): void => {
    const line = Buffer.concat(pieces);
    pieces = [];
    piecesBytes = 0;
    give(line, 0, line.length);
  };
  return {
    push: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        if (pieces.length === 0) {
          give(chunk, start, end);
        } else {
          keep(chunk.subarray(start, end));
          giveKept();
        }
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end: () => {
      if (pieces.length > 0) giveKept();
    },
  };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
