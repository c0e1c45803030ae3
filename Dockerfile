# One image for each app: docker build --build-arg APP=indexer --tag updraft-indexer .   (indexer, feedgen, search, admin)
# Node runs the TypeScript as in development. Only what the app needs at run time is installed.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS installed
ARG APP
WORKDIR /updraft
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
    npx -y pnpm@12.21.0 install --store-dir /pnpm-store --package-import-method copy \
      --prod --no-optional --frozen-lockfile --filter "@updraft/${APP}..." \
 # what only people read: types of packages, source maps, their documentation
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname '*.md' \) -delete

# The console, which two of the apps serve. esbuild's program is an optional package, so it can't be had in the stage above.
FROM ${NODE_IMAGE} AS console
ARG APP
WORKDIR /updraft
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
    mkdir apps/console/dist \
 && case "${APP}" in feedgen|search) \
      npx -y pnpm@12.21.0 install --store-dir /pnpm-store --package-import-method copy --prod --frozen-lockfile --filter @updraft/console \
      && node apps/console/build/build-command.ts ;; \
    esac

FROM ${NODE_IMAGE}
ARG APP
ENV NODE_ENV=production APP=${APP} TZ=UTC
WORKDIR /updraft
RUN install --directory --owner=node --group=node /spool
COPY --from=installed /updraft /updraft
COPY --from=console /updraft/apps/console/dist /updraft/apps/console/dist
# What the image was built from, for /healthz and the first line of the log. Last, so that a new commit only makes a small new layer.
ARG COMMIT=unknown
RUN printf '{"commit":"%s","builtAt":"%s"}\n' "$COMMIT" "$(date --utc +%FT%TZ)" > build-info.json
USER node
# Alive, not ready: a container is not broken because its databases are away. Compose sets each app's metrics port.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=60s --start-interval=1s \
  CMD ["node", "--eval", "fetch('http://' + (process.env.METRICS_LISTEN_ADDRESS ?? '').replace('0.0.0.0', '127.0.0.1') + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# exec: the app is process 1 and gets SIGTERM itself
CMD ["sh", "-c", "exec node apps/$APP/src/main.ts"]
