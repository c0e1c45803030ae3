import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key that seals the tokens of clean-ups (CLEANUP_TOKEN_KEY). Made at the first start and kept beside the data. */
export function keepTokenKey(folder: string): string {
  const file = join(folder, 'cleanup-token-key');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
