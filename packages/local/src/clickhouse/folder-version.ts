import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '@updraft/service';

/** The file of a data folder that says which ClickHouse used it last. A folder without it is of this version or an older one. */
const FILE = 'engine-version';

/** ClickHouse reads what older versions wrote. Parts that a newer one wrote it may misread or delete. @throws SetupError for those */
export async function refuseNewer(folder: string, version: string): Promise<void> {
  const last = await readFile(join(folder, FILE), 'utf8').catch(() => ''); // none yet
  if (!isNewer(last.trim(), version)) return;
  throw new SetupError(
    `The data folder ${folder} was written by ClickHouse ${last.trim()}, which is newer than this one, ${version}. Go back to the version of Updraft that wrote it.`,
  );
}

export async function noteVersion(folder: string, version: string): Promise<void> {
  await writeFile(join(folder, FILE), `${version}\n`);
}

function isNewer(left: string, right: string): boolean {
  const [a = [], b = []] = [left, right].map((version) => version.split('.').map(Number));
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0);
}
