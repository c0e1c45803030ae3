# One image for each service: docker build --build-arg APP=indexer --tag updraft-indexer .
# The code runs as TypeScript, as it does in development; only what the service needs at run time is installed.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS installed
ARG APP
WORKDIR /updraft
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
    npx -y pnpm@12.21.0 install --store-dir /pnpm-store --prod --no-optional --frozen-lockfile --filter "@updraft/${APP}..."

FROM ${NODE_IMAGE}
ARG APP
ENV NODE_ENV=production APP=${APP}
WORKDIR /updraft
COPY --from=installed /updraft /updraft
USER node
# exec: the service is process 1 and gets SIGTERM itself
CMD ["sh", "-c", "exec node apps/$APP/src/main.ts"]
