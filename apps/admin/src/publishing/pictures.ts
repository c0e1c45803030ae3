import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SetupError } from '@updraft/service';
import { CID } from 'multiformats/cid';
import { create } from 'multiformats/hashes/digest';
import type { Picture } from './plan.ts';

const MAX_BYTES = 1_000_000;
/** Multicodec: the CID of a blob is that of its raw bytes. */
const RAW = 0x55;
const SHA_256 = 0x12;

/** Reads a feed's picture; a relative path starts at the feeds file. @throws SetupError when it is missing, too large, or neither png nor jpeg */
export async function readPicture(path: string, feedsFile: string): Promise<Picture> {
  const full = resolve(dirname(feedsFile), path);
  const bytes = await readFile(full).catch((cause: unknown) => {
    throw new SetupError(`the avatar ${full} can't be read`, { cause });
  });
  if (bytes.length > MAX_BYTES)
    throw new SetupError(`the avatar ${full} has ${bytes.length} bytes, at most ${MAX_BYTES} are allowed`);
  const mimeType = imageType(bytes);
  if (mimeType === undefined) throw new SetupError(`the avatar ${full} is neither png nor jpeg`);
  const digest = create(SHA_256, createHash('sha256').update(bytes).digest());
  return { bytes, mimeType, cid: CID.createV1(RAW, digest).toString() };
}

function imageType(bytes: Buffer): string | undefined {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  return undefined;
}
