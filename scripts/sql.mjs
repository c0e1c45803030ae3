// `npm run sql "SELECT …"` asks the ClickHouse of `npm start`, or the one that CLICKHOUSE_ADDRESS names, and prints a table.
import { pipeline } from 'node:stream/promises';

const { CLICKHOUSE_ADDRESS: address = '127.0.0.1:8123', CLICKHOUSE_USERNAME: user = 'default' } = process.env;
const statement = process.argv.slice(2).join(' ').trim();
if (statement === '') fail('Usage: npm run sql "SELECT count() FROM likes"', 2);

const given = address.includes('://') ? address : `http://${address}`;
if (!URL.canParse(given)) fail(`CLICKHOUSE_ADDRESS: expected host:port, got "${address}"`);
const url = new URL(given);
const settings = {
  database: process.env.CLICKHOUSE_DATABASE || 'atproto',
  default_format: process.stdout.isTTY ? 'PrettyCompact' : 'PrettyCompactNoEscapes',
  session_timezone: 'UTC',
};
for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value);
const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': process.env.CLICKHOUSE_PASSWORD ?? '' };
const beside = 'Beside npm start -- --data DIR, set LOCAL_DATA=DIR.';
const answer = await fetch(url, { method: 'POST', body: statement, headers }).catch((error) =>
  fail(
    `ClickHouse at ${url.origin} can't be reached (${error.cause?.code ?? error.message}). Is npm start running? ${beside}`,
  ),
);
if (!answer.ok) {
  const said = (await answer.text()).trim();
  const isLogin = answer.status === 401 || answer.status === 403;
  fail(isLogin ? `ClickHouse at ${url.origin} refuses the login of ${user}: ${said}\n${beside}` : said);
}
// a reader such as `head` may have enough before the end: EPIPE is not a fault
await pipeline(answer.body, process.stdout, { end: false }).catch((error) => {
  if (error.code !== 'EPIPE') fail(`The answer broke off (${error.cause?.code ?? error.message}).`);
});

function fail(line, code = 1) {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}
