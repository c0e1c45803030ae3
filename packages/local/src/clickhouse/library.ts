import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetupError } from '@updraft/service';

/** The packages of npm's `chdb` that hold ClickHouse, by platform. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

export interface EngineLibrary {
  readonly path: string;
  /** ClickHouse's, such as 26.7.3. */
  readonly version: string;
}

/** ClickHouse's library for this machine. @throws SetupError where there is none */
export function findEngineLibrary(platform = `${process.platform}-${process.arch}`): EngineLibrary {
  const name = PACKAGES[platform];
  if (name === undefined) throw new SetupError(`There is no ClickHouse engine for ${platform}.`);
  const fromHere = createRequire(import.meta.url);
  const fromChdb = createRequire(fromHere.resolve('chdb/package.json'));
  try {
    const folder = dirname(fromChdb.resolve(`${name}/package.json`));
    const { version } = fromChdb(`${name}/package.json`) as { version: string };
    const path = ['libchdb.so', 'libchdb.dylib'].map((file) => join(folder, file)).find(existsSync);
    if (path !== undefined) return { path, version: version.replace(/-.*/, '') };
  } catch {
    // the error below says so
  }
  throw new SetupError(`The package ${name} is not installed completely. npm start and npm test install it.`);
}
