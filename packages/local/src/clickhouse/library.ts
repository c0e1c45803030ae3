import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetupError } from '@updraft/service';

/** The packages in which npm's `chdb` ships ClickHouse, by platform. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

/** The path of ClickHouse's library for this machine. Throws a SetupError where there is none. */
export function findEngineLibrary(platform = `${process.platform}-${process.arch}`): string {
  const name = PACKAGES[platform];
  if (name === undefined) throw new SetupError(`ClickHouse's engine does not exist for ${platform}`);
  const fromHere = createRequire(import.meta.url);
  const fromChdb = createRequire(fromHere.resolve('chdb/package.json'));
  const path = folderOf(fromChdb, name);
  const library = ['libchdb.so', 'libchdb.dylib'].map((file) => join(path ?? '', file)).find(existsSync);
  if (path !== undefined && library !== undefined) return library;
  throw new SetupError(`The package ${name} is not installed whole: run npm start or npm test, which install it`);
}

function folderOf(require: NodeJS.Require, name: string): string | undefined {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
