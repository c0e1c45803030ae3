// Preloaded by the commands that people run beside `npm start` (pnpm admin, replay, migrate; npm run sql): where nothing else is said, they
// talk to its ClickHouse, with the password that its first start put into `.data/netrc`, or into LOCAL_DATA/netrc after `npm start -- --data`.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const {
  CLICKHOUSE_ADDRESS: address = '127.0.0.1:8123',
  CLICKHOUSE_USERNAME: username,
  CLICKHOUSE_PASSWORD: password,
  LOCAL_DATA: data,
  INIT_CWD: calledFrom = '.',
} = process.env;
const port = /^(?:http:\/\/)?(?:127\.0\.0\.1|localhost):(\d+)\/?$/.exec(address)?.[1];
if (port !== undefined && !username && !password) {
  const offset = Number(port) - 8123;
  const folder = data ? resolve(calledFrom, data) : join(root, offset === 0 ? '.data' : `.data/offset-${offset}`);
  const netrc = join(folder, 'netrc');
  const changesSchema =
    process.argv[1]?.endsWith('migrate-command.ts') || ['backup', 'restore'].includes(process.argv[2]);
  const user = changesSchema ? 'migrations' : 'updraft';
  const found = new RegExp(`login ${user} password (\\S+)`).exec(read(netrc))?.[1];
  if (found !== undefined) Object.assign(process.env, { CLICKHOUSE_USERNAME: user, CLICKHOUSE_PASSWORD: found });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
