# Updraft's recipes. `just --list` is the manual.
# just comes with what tests need: once `npm test` has run, `npx just RECIPE` works without a just of your own.

set positional-arguments

export PATH := justfile_directory() / "node_modules/.bin:" + env("PATH")

[private]
default:
    @just --list

# Run everything here until Ctrl-C (options as npm start: --simulate, --play FILE, --since 2h, …)
[group('here')]
start *options:
    @node scripts/bootstrap.mjs start "$@"

# Send recorded Jetstream lines (.jsonl, .gz, .zst) through the indexer's pipeline into the databases
[group('here')]
replay *files:
    @node --import ./scripts/local-login.mjs apps/indexer/src/replay-command.ts "$@"

# Read the past from a Jetstream archive into the databases (just backfill --since 30d; --help)
[group('here')]
backfill *options:
    @node --import ./scripts/local-login.mjs apps/indexer/src/backfill-command.ts "$@"

# Run an admin command: API keys, members, feeds, erasure, retention, back-ups, import, tokens for the simulated network (just admin --help)
[group('here')]
admin *args:
    @node --import ./scripts/local-login.mjs apps/admin/src/main.ts "$@"

# Check everything: format, lint, types, unused code, unit and integration tests
[group('work')]
test *args:
    @node scripts/bootstrap.mjs test "$@"

# Check format, lint, types, unused code
[group('work')]
check:
    biome check .
    oxlint --type-aware
    tsc -b
    knip

# Prove the indexer: compare its tables with the simulated network's ground truth (--seed N --events N)
[group('work')]
verify-world *options:
    @node tests/verify-world-command.ts "$@"

# Prove that nothing is lost while ClickHouse is away (--seconds N --rate N)
[group('work')]
verify-outage *options:
    @node tests/verify-outage-command.ts "$@"

# Measure (just bench ingest, …)
[group('work')]
bench *args:
    @node bench/main.ts "$@"

# Format everything, sort imports
[group('work')]
format:
    biome check --write .

# Bring the schema up to date (migrate-* use CLICKHOUSE_ADDRESS; if unset, the ClickHouse of `just common`, else that of npm start)
[group('database')]
migrate-up:
    @just _migrate up

# As migrate-up, but each statement may take a day instead of ten minutes
[group('database')]
migrate-up-long:
    @just _migrate up-long

# Take back the last N migrations
[group('database')]
migrate-down count="1":
    @just _migrate down "$1"

# Show which migration the database is at
[group('database')]
migrate-version:
    @just _migrate version

# Declare that the database is at migration N, after you repaired a failed one by hand
[group('database')]
migrate-force version:
    @just _migrate force "$1"

# Create the files of a new migration
[group('database')]
migrate-create name:
    @node packages/store/src/migrate-command.ts create "$1"

# Write docs/schema.sql from the migrations, with a ClickHouse of its own, and list new ones in migrations/landed.sha256
[group('database')]
migrate-dump-schema:
    @node tests/dump-schema-command.ts

[private]
_migrate *args:
    #!/usr/bin/env bash
    set -euo pipefail
    project="label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-updraft}"
    if [ -z "${CLICKHOUSE_ADDRESS:-}" ] && [ -n "$(docker ps --quiet --filter "$project" --filter label=com.docker.compose.service=clickhouse 2>/dev/null)" ]; then
      docker compose build --quiet indexer
      exec docker compose run --rm migrate node packages/store/src/migrate-command.ts "$@"
    fi
    exec node --import ./scripts/local-login.mjs packages/store/src/migrate-command.ts "$@"

# Docker: start ClickHouse and Redis, wait until healthy
[group('docker')]
common:
    @scripts/env-files.sh common indexer feedgen search
    docker compose up --detach --wait clickhouse redis

# Docker: migrate, build and start the indexer, wait until healthy
[group('docker')]
indexer: (_up "indexer")

# Docker: migrate, build and start the feed generator, wait until healthy
[group('docker')]
feedgen: (_up "feedgen")

# Docker: migrate, build and start the search service, wait until healthy
[group('docker')]
search: (_up "search")

# Docker: start OpenTelemetry's collector, Prometheus, and Grafana on http://127.0.0.1:3000
[group('docker')]
observability:
    @scripts/env-files.sh common indexer feedgen search observability
    docker compose up --detach --wait otel-collector prometheus grafana

# Docker: start the databases and the three apps
[group('docker')]
up: common indexer feedgen search

# Docker: stop everything; data stay in their volumes (--volumes deletes them)
[group('docker')]
down *options:
    @just _compose --profile '*' down "$@"

# Docker: stop ClickHouse and Redis; data stay in their volumes
[group('docker')]
common-down: (_down "clickhouse" "redis")

# Docker: stop the indexer
[group('docker')]
indexer-down: (_down "indexer" "migrate")

# Docker: stop the feed generator
[group('docker')]
feedgen-down: (_down "feedgen" "migrate")

# Docker: stop the search service
[group('docker')]
search-down: (_down "search" "migrate")

# Docker: stop the collector, Prometheus and Grafana
[group('docker')]
observability-down: (_down "grafana" "prometheus" "otel-collector")

# Docker: follow the logs (all, or some: just logs indexer feedgen)
[group('docker')]
logs *services:
    @just _compose --profile '*' logs --follow --tail 100 "$@"

# Docker: run an admin command in a container (just docker-admin --help)
[group('docker')]
docker-admin *args:
    @scripts/env-files.sh common indexer feedgen search
    @docker compose run --rm --build --quiet-build admin "$@"

# Docker: query ClickHouse as the owner of the tables (just docker-sql "SELECT count() FROM likes"; FORMAT TSVRaw for bare lines)
[group('docker')]
docker-sql statement:
    #!/usr/bin/env bash
    set -euo pipefail
    # The password goes by stdin, since everybody may read the words of a command.
    scripts/env-files.sh --value common CLICKHOUSE_PASSWORD | docker compose exec -T clickhouse sh -c \
      'IFS= read -r CLICKHOUSE_PASSWORD && export CLICKHOUSE_PASSWORD && exec clickhouse-client --user updraft --database "$1" --query "$2" < /dev/null' \
      sh "$(scripts/env-files.sh --value common CLICKHOUSE_DATABASE)" "$1"

# Docker: send a command to Redis (just docker-redis-cli ping)
[group('docker')]
docker-redis-cli *words:
    @docker compose exec redis sh -c 'REDISCLI_AUTH="$REDIS_PASSWORD" exec redis-cli "$@"' redis-cli "$@"

# Docker: send recorded Jetstream lines (.jsonl, .gz, .zst) into the containers' databases, as the indexer does
[group('docker')]
docker-replay *files:
    #!/usr/bin/env bash
    set -euo pipefail
    export COMMIT=${COMMIT:-$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)}
    scripts/env-files.sh common indexer feedgen search
    docker compose build --quiet indexer
    for file in "$@"; do
      file=$(realpath -- "$file") # a replay knows a file again by its path
      docker compose run --rm --volume "$file:$file:ro" indexer node apps/indexer/src/replay-command.ts "$file"
    done

# Docker: read the past from a Jetstream archive into the containers' databases (just docker-backfill --since 30d)
[group('docker')]
docker-backfill *options:
    #!/usr/bin/env bash
    set -euo pipefail
    export COMMIT=${COMMIT:-$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)}
    scripts/env-files.sh common indexer feedgen search
    docker compose build --quiet indexer
    docker compose run --rm indexer node apps/indexer/src/backfill-command.ts "$@"

# Docker: try all of these recipes on the engine that docker talks to (see scripts/docker-test.sh)
[group('docker')]
docker-test *options:
    @scripts/docker-test.sh "$@"

# Decrypts, migrates, builds, starts, waits until healthy.
[private]
_up app:
    #!/usr/bin/env bash
    set -euo pipefail
    scripts/env-files.sh common indexer feedgen search
    export COMMIT=${COMMIT:-$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)}
    docker compose build indexer $([ "$1" = indexer ] || echo "$1") # migrations run in the indexer's image
    docker compose up --detach --wait "$1"

# Removes only the named containers, and networks that are then empty. Other services keep what they use.
[private]
_down *services:
    #!/usr/bin/env bash
    set -euo pipefail
    just _compose --profile '*' rm --stop --force "$@"
    if [ -z "$(just _compose --profile '*' ps --all --quiet)" ]; then just _compose --profile '*' down; fi

# docker compose reads all env files, whichever services are named.
[private]
_compose *args:
    @scripts/env-files.sh common indexer feedgen search observability >/dev/null
    @docker compose "$@"

# Docker: pin the images: write the current digests of their tags to .env, which compose reads
[group('docker')]
pin-images:
    @scripts/pin-images.sh

# Use the committed development secrets, which everybody knows, instead of random ones (needs sops; a start never does so by itself)
[group('secrets')]
dev-secrets: _sops
    @scripts/env-files.sh --development common observability search

# Open an encrypted env file in $EDITOR (common, indexer, feedgen, search or observability)
[group('secrets')]
secrets-edit name: _sops
    @sops edit --input-type dotenv --output-type dotenv "env/$1.enc.env"

# Decrypt env/NAME.enc.env to env/NAME.env (all, unless named)
[group('secrets')]
secrets-decrypt *names: _sops
    #!/usr/bin/env bash
    set -euo pipefail
    if [ $# = 0 ]; then set -- $(cd env && ls *.enc.env | sed 's/[.]enc[.]env$//'); fi
    scripts/env-files.sh --decrypt "$@"

# Encrypt env/NAME.env to env/NAME.enc.env for the keys of .sops.yaml (all, unless named)
[group('secrets')]
secrets-encrypt *names: _sops
    #!/usr/bin/env bash
    set -euo pipefail
    if [ $# = 0 ]; then set -- $(cd env && ls *.env | grep -v '[.]enc[.]env$' | sed 's/[.]env$//'); fi
    key=$(sed -n 's/^# public key: //p' env/development.agekey)
    if [ -n "$key" ] && grep -q "$key" .sops.yaml && ! (cd env && grep -q '^# Development values' $(printf '%s.env ' "$@")); then
      echo "Everybody has the key that .sops.yaml names: put your own there first (age-keygen), or begin the file with '# Development values'." >&2
      exit 1
    fi
    for name in "$@"; do
      sops encrypt --input-type dotenv --output-type dotenv --filename-override "env/$name.enc.env" --output "env/$name.enc.env" "env/$name.env"
      echo "env/$name.enc.env"
    done

[private]
_sops:
    @command -v sops >/dev/null || { echo "sops is not installed: see https://getsops.io"; exit 1; }
