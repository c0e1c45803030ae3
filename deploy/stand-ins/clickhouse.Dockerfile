# Replaces the image clickhouse/clickhouse-server:26.7 where it can't be pulled: ClickHouse's server from npm's chdb, with the users of users.xml.
# It does not read config.xml.
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
ENTRYPOINT []
CMD ["node", "tests/deploy/users-server.ts", "/var/lib/clickhouse", "8123", "0.0.0.0", "/etc/clickhouse-server/users.d/updraft.xml"]
