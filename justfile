# Updraft's recipes. `just --list` is the manual.
# just comes with the dependencies: after npm start or npm test, `npx just RECIPE` works without a just of your own.

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
    @node apps/indexer/src/replay-command.ts "$@"

# API keys, publishing of feeds, tokens for the simulated network (just admin --help)
[group('here')]
admin *args:
    @node apps/admin/src/main.ts "$@"

# Everything that must hold: format, lint, types, unused code, unit and integration tests
[group('work')]
test *args:
    @node scripts/bootstrap.mjs test "$@"

# Format, lint, types, unused code
[group('work')]
check:
    biome check .
    oxlint --type-aware
    tsc -b
    knip

# Prove the indexer against the simulated network's ground truth (--seed N --events N)
[group('work')]
verify-world *options:
    @node tests/verify-world-command.ts "$@"

# Measure (just bench ingest, …)
[group('work')]
bench *args:
    @node bench/main.ts "$@"

# Put format and imports right
[group('work')]
format:
    biome check --write .

# Bring the database's schema up to date
[group('database')]
migrate-up:
    @node packages/store/src/migrate-command.ts up

# Take back the last N migrations
[group('database')]
migrate-down count="1":
    @node packages/store/src/migrate-command.ts down "$1"

# Say which migration the database stands at
[group('database')]
migrate-version:
    @node packages/store/src/migrate-command.ts version

# Declare that the database stands at migration N, after a failed one was put right by hand
[group('database')]
migrate-force version:
    @node packages/store/src/migrate-command.ts force "$1"

# Make the files of a new migration
[group('database')]
migrate-create name:
    @node packages/store/src/migrate-command.ts create "$1"

# Write docs/schema.sql from the migrations, in an engine of their own
[group('database')]
migrate-dump-schema:
    @node tests/dump-schema-command.ts

# Docker: ClickHouse and Redis, up and healthy
[group('docker')]
common:
    docker compose up --detach --wait clickhouse redis

# Docker: stop everything; the data stays in its volumes
[group('docker')]
common-down:
    docker compose down

# Docker: the indexer on the newest code and schema, up and healthy
[group('docker')]
indexer:
    docker compose up --detach --build --wait indexer

# Docker: stop the indexer
[group('docker')]
indexer-down:
    docker compose rm --stop --force indexer migrate
