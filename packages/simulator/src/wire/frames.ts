/**
 * WebSocket text frames as a server writes them: whole, final and unmasked (RFC 6455, section 5.2). One buffer holds many, so that one
 * write carries thousands of events.
 */
export interface FrameBuffer {
  readonly byteLength: number;
  readonly frames: number;
  appendText(text: string): void;
  /** As a text frame unless told otherwise. */
  appendBytes(bytes: Uint8Array, opcode?: Opcode): void;
  /** The frames so far, for the caller to keep; the buffer is empty afterwards. */
  take(): Buffer;
}

/** A final frame of text, or of bytes. */
export type Opcode = typeof TEXT_FRAME | typeof BINARY_FRAME;

const TEXT_FRAME = 0x81;
export const BINARY_FRAME = 0x82;
const LONGEST_HEADER = 10;
/** The most that a UTF-16 unit takes. */
const UTF8_BYTES_A_UNIT = 3;

function frameHeaderLength(payloadLength: number): number {
  return payloadLength < 126 ? 2 : payloadLength < 65_536 ? 4 : LONGEST_HEADER;
}

/** Writes a frame's header and returns where the payload begins. */
function writeFrameHeader(target: Buffer, at: number, payloadLength: number, opcode: Opcode = TEXT_FRAME): number {
  target[at] = opcode;
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
  const reserve = (payloadBytes: number) => {
    const needed = end + payloadBytes + LONGEST_HEADER;
    if (needed <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, needed));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  };
  return {
    get byteLength() {
      return end;
    },
    get frames() {
      return frames;
    },
    appendText(text) {
      reserve(text.length * UTF8_BYTES_A_UNIT);
      end = writeTextFrame(buffer, end, text);
      frames += 1;
    },
    appendBytes(bytes, opcode) {
      reserve(bytes.length);
      end = writeBytesFrame(buffer, end, bytes, opcode);
      frames += 1;
    },
    take() {
      const taken = buffer.subarray(0, end);
      // The socket may still hold the bytes, so the next batch gets other memory.
      buffer = Buffer.allocUnsafe(initialBytes);
      end = 0;
      frames = 0;
      return taken;
    },
  };
}

/** Writes one text after the other as a frame, each valid until the next one. */
export function createFrameWriter(): (text: string) => Buffer {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  return (text) => {
    const longest = text.length * UTF8_BYTES_A_UNIT + LONGEST_HEADER;
    if (longest > buffer.length) buffer = Buffer.allocUnsafe(longest);
    return buffer.subarray(0, writeTextFrame(buffer, 0, text));
  };
}

/** Returns where the frame ends. */
function writeTextFrame(target: Buffer, at: number, text: string): number {
  // Nearly every event has a header of four bytes: it is written on that guess, and moved when the guess was wrong.
  const guess = at + 4;
  const length = target.write(text, guess, 'utf8');
  const start = at + frameHeaderLength(length);
  if (start !== guess) target.copyWithin(start, guess, guess + length);
  return writeFrameHeader(target, at, length) + length;
}

/** Returns where the frame ends. */
function writeBytesFrame(target: Buffer, at: number, bytes: Uint8Array, opcode?: Opcode): number {
  const start = writeFrameHeader(target, at, bytes.length, opcode);
  target.set(bytes, start);
  return start + bytes.length;
}
