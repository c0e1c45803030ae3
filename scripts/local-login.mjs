// Preloaded by the commands that people run beside `npm start` (pnpm admin, replay, migrate, viewer-token; npm run sql): they find what runs in this folder,
// with its ports and its passwords, unless the environment says otherwise.
//   LOCAL_DATA=DIR        the run that keeps its data there, such as .data/offset-100; unset: .data, else the only one of .data/offset-*
//   CLICKHOUSE_ADDRESS    this server; the password of a local one is found by its port
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const { env } = process;
const shared = join(import.meta.dirname, '../.data');
const calledFrom = resolve(env.INIT_CWD ?? '.');
const given = env.CLICKHOUSE_ADDRESS;
const port = /^(?:http:\/\/)?(?:127\.0\.0\.1|localhost):(\d+)\/?$/.exec(given)?.[1];
if (!given || port) {
  const named = env.LOCAL_DATA && resolve(calledFrom, env.LOCAL_DATA);
  const folder = named || (port ? join(shared, port === '8123' ? '' : `offset-${port - 8123}`) : runningFolder());
  if (!given) for (const [name, value] of Object.entries(readRun(folder)?.forCommands ?? {})) env[name] ||= value;
  if (!env.CLICKHOUSE_USERNAME && !env.CLICKHOUSE_PASSWORD) Object.assign(env, readLogin(folder));
}

/** The data folder of the run that is meant. */
function runningFolder() {
  if (readRun(shared) !== undefined) return shared;
  const others = foldersIn(shared).filter((path) => readRun(path) !== undefined);
  if (others.length > 1) {
    const choices = others.map((path) => `LOCAL_DATA=${relative(calledFrom, path)}`).join(' or ');
    process.stderr.write(`Several npm start run here. Set ${choices}.\n`);
  }
  return others.length === 1 ? others[0] : shared;
}

function foldersIn(path) {
  try {
    return readdirSync(path)
      .filter((name) => /^offset-\d+$/.test(name))
      .map((name) => join(path, name));
  } catch {
    return []; // nothing has run here yet
  }
}

/** What a living `npm start` noted in its data folder (packages/local/src/data-folder/ownership.ts). */
function readRun(path) {
  try {
    const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
    return process.kill(run.owner.pid, 0) ? run : undefined;
  } catch {
    return undefined; // none runs
  }
}

/** The login by which services read and write, or by which the schema is changed. */
function readLogin(path) {
  const [, script, command] = process.argv;
  const changesSchema = script?.endsWith('migrate-command.ts') || ['backup', 'restore'].includes(command);
  const username = changesSchema ? 'migrations' : 'updraft';
  try {
    const netrc = readFileSync(join(path, 'netrc'), 'utf8');
    const password = new RegExp(`login ${username} password (\\S+)`).exec(netrc)?.[1];
    return password && { CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
  } catch {
    return undefined; // no local ClickHouse has run there: the command says what refuses it
  }
}
