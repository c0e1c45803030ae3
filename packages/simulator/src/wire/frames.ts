/**
 * WebSocket text frames as a server writes them: whole, final and unmasked (RFC 6455, section 5.2), many to one buffer, so that one
 * write carries thousands of events.
 */
export interface FrameBuffer {
  readonly byteLength: number;
  /** Frames of the buffer so far. */
  readonly frames: number;
  appendText(text: string): void;
  appendBytes(bytes: Uint8Array): void;
  /** The frames so far, for the caller to keep; the buffer is empty afterwards. */
  take(): Buffer;
  /** The frames so far, valid until the next change. */
  view(): Buffer;
  clear(): void;
}

const TEXT_FRAME = 0x81;
const LONGEST_HEADER = 10;

export function frameHeaderLength(payloadLength: number): number {
  return payloadLength < 126 ? 2 : payloadLength < 65_536 ? 4 : LONGEST_HEADER;
}

/** Writes a text frame's header and returns where the payload begins. */
export function writeFrameHeader(target: Buffer, at: number, payloadLength: number): number {
  target[at] = TEXT_FRAME;
  if (payloadLength < 126) {
    target[at + 1] = payloadLength;
    return at + 2;
  }
  if (payloadLength < 65_536) {
    target[at + 1] = 126;
    target[at + 2] = payloadLength >>> 8;
    target[at + 3] = payloadLength & 0xff;
    return at + 4;
  }
  target[at + 1] = 127;
  target.writeBigUInt64BE(BigInt(payloadLength), at + 2);
  return at + LONGEST_HEADER;
}

export function createFrameBuffer(initialBytes = 256 * 1024): FrameBuffer {
  let buffer = Buffer.allocUnsafe(initialBytes);
  let end = 0;
  let frames = 0;
  const reserve = (bytes: number) => {
    if (end + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  };
  const appendBytes = (bytes: Uint8Array) => {
    reserve(bytes.length + LONGEST_HEADER);
    end = writeFrameHeader(buffer, end, bytes.length);
    buffer.set(bytes, end);
    end += bytes.length;
    frames += 1;
  };
  const appendText = (text: string) => {
    // At most three bytes a UTF-16 unit. The header's length is guessed (nearly every event takes four bytes of it) and put right.
    reserve(text.length * 3 + LONGEST_HEADER);
    const guess = end + 4;
    const length = buffer.write(text, guess, 'utf8');
    const start = end + frameHeaderLength(length);
    if (start !== guess) buffer.copyWithin(start, guess, guess + length);
    end = writeFrameHeader(buffer, end, length) + length;
    frames += 1;
  };
  return {
    get byteLength() {
      return end;
    },
    get frames() {
      return frames;
    },
    appendText,
    appendBytes,
    take() {
      const taken = buffer.subarray(0, end);
      // The socket may still hold the bytes, so the next batch gets memory of its own.
      buffer = Buffer.allocUnsafe(initialBytes);
      end = 0;
      frames = 0;
      return taken;
    },
    view: () => buffer.subarray(0, end),
    clear() {
      end = 0;
      frames = 0;
    },
  };
}
