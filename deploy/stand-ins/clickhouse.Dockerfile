# For the image clickhouse/clickhouse-server:26.7 where it can't be pulled: ClickHouse's server from npm's chdb. It reads neither
# users.xml nor config.xml.
ARG NODE_IMAGE=node:26-bookworm-slim
FROM ${NODE_IMAGE}
WORKDIR /updraft
ENV CI=true
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
    npx -y pnpm@12.21.0 install --store-dir /pnpm-store --package-import-method copy --prod --frozen-lockfile --filter "@updraft/local..."
# One user for all, as the image makes it of CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.
COPY <<'SERVER' stand-in.mjs
import { startEngine } from './packages/local/src/clickhouse/engine-process.ts';
import { openFront } from './packages/local/src/clickhouse/front.ts';

const { CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password } = process.env;
const user = { name: username, password, grants: ['GRANT ALL ON *.*', 'REVOKE SOURCES ON *.*'] };
const engine = await startEngine({ folder: '/var/lib/clickhouse', httpPort: 8124, users: [user], onLine: console.error });
const front = await openFront({ host: '0.0.0.0', port: 8123, enginePort: 8124, logins: [{ username, password }] });
engine.exited.then(({ code }) => process.exit(code ?? 1));
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => front.close().then(engine.stop));
SERVER
ENV CLICKHOUSE_USERNAME=updraft
ENTRYPOINT []
CMD ["node", "stand-in.mjs"]
