# Stands in for the image clickhouse/clickhouse-server:26.7 where it can't be pulled: ClickHouse's engine embedded in Node, behind
# ClickHouse's HTTP interface. It reads neither users.xml nor config.xml: it knows the users by the same hashes, and grants everything.
ARG NODE_IMAGE=node:26-bookworm-slim
FROM ${NODE_IMAGE}
WORKDIR /updraft
ENV CI=true
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
    npx -y pnpm@12.21.0 install --store-dir /pnpm-store --package-import-method copy --prod --frozen-lockfile --filter "@updraft/local..."
RUN install --directory --mode=0777 /var/lib/clickhouse
VOLUME /var/lib/clickhouse
# The embedded server answers this machine's own names only; containers call it by another.
COPY <<'FRONT' /front.mjs
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

const engine = spawn('node', ['packages/local/src/clickhouse/main.ts', '--data', '/var/lib/clickhouse', '--port', '8124'], { stdio: 'inherit' });
engine.on('exit', (code) => process.exit(code ?? 1));
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => engine.kill(name));
function isKnown({ 'x-clickhouse-user': user, 'x-clickhouse-key': key, authorization = '' }) {
  const [name, ...rest] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString().split(':');
  const hash = createHash('sha256').update(key ?? rest.join(':')).digest('hex');
  return hash === process.env[`CLICKHOUSE_${(user ?? name).toUpperCase()}_SHA256`];
}
createServer((from, to) => {
  if (from.url !== '/ping' && !isKnown(from.headers)) return to.writeHead(403, { 'X-ClickHouse-Exception-Code': '516' }).end('Code: 516. AUTHENTICATION_FAILED');
  const { authorization: _basic, 'x-clickhouse-user': _user, 'x-clickhouse-key': _key, ...rest } = from.headers;
  const headers = { ...rest, host: '127.0.0.1:8124' };
  const asked = request({ host: '127.0.0.1', port: 8124, method: from.method, path: from.url, headers }, (reply) => {
    to.writeHead(reply.statusCode, reply.headers);
    pipeline(reply, to, () => {});
  });
  asked.on('error', () => (to.headersSent ? to.destroy() : to.writeHead(502).end()));
  to.on('close', () => asked.destroy());
  pipeline(from, asked, () => {});
}).listen(8123, '0.0.0.0');
FRONT
ENTRYPOINT []
CMD ["node", "/front.mjs"]
