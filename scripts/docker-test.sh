#!/usr/bin/env bash
# Proves on a real Docker engine that a fresh clone of this version starts by its recipes, serves, loses nothing when its indexer is killed,
# and goes away without a trace. It has a project name of its own, so it does not touch an Updraft that runs here, but the ports must be free.
# It removes everything that it makes.
#
#   scripts/docker-test.sh                 with the engine that `docker` talks to (DOCKER_HOST), and just on PATH
#   scripts/docker-test.sh --stand-ins     builds replacements for the images of Redis and ClickHouse where they can't be pulled: Debian's
#                                          redis-server, and ClickHouse's server from npm's chdb. They don't prove that
#                                          deploy/clickhouse/config.xml is right, or that the real images start without root and
#                                          hold the programs of the health checks.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
source_folder=$PWD
PATH=$source_folder/node_modules/.bin:$PATH
clone=$(mktemp -d)

export COMPOSE_PROJECT_NAME=updraft-test
export COMPOSE_FILE=docker-compose.yml:deploy/simulated.yml
export COMMIT=${COMMIT:-$(git describe --always --dirty --abbrev=12 2> /dev/null || echo unknown)}
# a day of history that ends now, then about a minute of live events, then silence: such a world can be read twice
export SIMULATED_OPTIONS="--now $(date --utc +%FT%TZ) --events-per-day 50000 --rate 100 --events 58000"

step() { printf '\n== %s\n' "$*"; }
fail() { echo "docker-test: $*" >&2; exit 1; }

clean_up() {
  local status=$?
  if [ $status != 0 ] && [ -f "$clone/env/common.env" ]; then (cd "$clone" && just _compose --profile '*' logs --tail 20) || true; fi
  if [ -d "$clone/env" ]; then (cd "$clone" && just down --volumes > /dev/null 2>&1) || true; fi
  rm -rf "$clone"
  exit $status
}
trap clean_up EXIT

# The contents of the tables as numbers that don't depend on the order of arrival.
fingerprint() {
  docker compose exec -T network node --input-type=module --eval '
    const columns = { repo_records: "repo, collection, rkey, version", posts: "did, rkey, version", likes: "actor_did, rkey, version",
      reposts: "actor_did, rkey, version", follows: "actor_did, rkey, version", actor_handles: "did, version", actor_status: "did, version" };
    const queries = Object.entries(columns).map(([table, key]) => [table, `SELECT count(), sum(cityHash64(${key})) FROM atproto.${table} FINAL`]);
    for (const [table, query] of [...queries, ["ingest_gaps", "SELECT count() FROM atproto.ingest_gaps"]]) {
      const headers = { "X-ClickHouse-User": process.env.CLICKHOUSE_USERNAME, "X-ClickHouse-Key": process.env.CLICKHOUSE_PASSWORD };
      const reply = await fetch("http://clickhouse:8123/", { method: "POST", body: query, headers });
      if (!reply.ok) throw new Error(await reply.text());
      console.log(table, (await reply.text()).trim());
    }'
}

# The fingerprint once nothing changes any more.
settled() {
  local last='' now same=0
  while [ $same -lt 3 ]; do
    sleep 4
    now=$(fingerprint)
    if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
    last=$now
  done
  echo "$last"
}

metric() { # PORT NAME
  curl --silent --max-time 5 "http://127.0.0.1:$1/metrics" | awk -v name="$2" 'index($1, name) == 1 { sum += $2 } END { print int(sum) }'
}

step 'what will be tested: the files that git knows, and those it would'
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
  tar --create --null --files-from=- | tar --extract --directory "$clone"
cd "$clone"

if [ "${1:-}" = --stand-ins ]; then
  step 'stand-ins'
  docker build --quiet --tag redis:7-bookworm - < deploy/stand-ins/redis.Dockerfile
  docker build --quiet --tag clickhouse/clickhouse-server:26.7 --file deploy/stand-ins/clickhouse.Dockerfile .
fi

step 'a start without a needed secret says which'
printf 'CLICKHOUSE_PASSWORD=\n' > env/common.env
if just common 2> refusal.txt; then fail 'just common started without a password'; fi
grep -q 'CLICKHOUSE_PASSWORD is needed' refusal.txt || fail "no word of CLICKHOUSE_PASSWORD: $(cat refusal.txt)"
rm env/common.env refusal.txt

docker build --quiet --build-arg APP=simulator --tag updraft-simulator .
timed() { # RECIPE
  local began
  began=$(date +%s)
  just "$1"
  echo "just $1: $(($(date +%s) - began)) s"
}
step 'just common, just indexer: up and healthy'
timed common
timed indexer

step 'docker compose config is clean, for all profiles'
scripts/env-files.sh common indexer feedgen search observability
warnings=$(docker compose --profile '*' config --quiet 2>&1)
[ -z "$warnings" ] || fail "$warnings"

step 'the indexer is killed, and comes back'
container=$(docker compose ps --quiet indexer)
for kill in 1 2; do
  for tries in $(seq 60); do
    if [ "$(metric 8091 updraft_indexer_batches_total)" -gt 0 ]; then break; fi
    [ "$tries" != 60 ] || fail 'the indexer writes nothing'
    sleep 1
  done
  process=$(docker inspect --format '{{.State.Pid}}' "$container")
  # not `docker kill`, which counts as a stop on purpose: the process dies as in a crash
  docker run --rm --pid=host --privileged --user root --entrypoint node updraft-indexer --eval "process.kill($process, 'SIGKILL')"
  for tries in $(seq 60); do
    if [ "$(docker inspect --format '{{.RestartCount}} {{.State.Health.Status}}' "$container")" = "$kill healthy" ]; then break; fi
    [ "$tries" != 60 ] || fail 'the indexer did not come back'
    sleep 1
  done
  echo "healthy again after kill $kill"
done

step 'just feedgen, just search: up and healthy'
timed feedgen
timed search

step 'build information'
for port in 8091 8095 8093; do curl --fail --silent --show-error "http://127.0.0.1:$port/healthz"; done
curl --silent http://127.0.0.1:8091/healthz | grep -q builtAt || fail 'no build information in /healthz'

step 'serving'
for tries in $(seq 90); do
  if curl --fail --silent "http://127.0.0.1:8095/readyz" > /dev/null; then break; fi
  [ "$tries" != 90 ] || fail 'feedgen is not ready'
  sleep 1
done
feed=$(curl --fail --silent http://127.0.0.1:8094/xrpc/app.bsky.feed.describeFeedGenerator | grep -o 'at://[^"]*/top-24h')
for tries in $(seq 90); do
  if curl --fail --silent --get --data-urlencode "feed=$feed" --data limit=5 http://127.0.0.1:8094/xrpc/app.bsky.feed.getFeedSkeleton |
    grep -q '"post":'; then break; fi
  [ "$tries" != 90 ] || fail 'the feed has no posts'
  sleep 1
done
curl --fail --silent --get --data-urlencode 'q=has:media' --data limit=1 http://127.0.0.1:8092/search/posts | grep -q '"posts":\[{' || fail 'search finds nothing'
curl --fail --silent --output /dev/null http://127.0.0.1:8092/stats
for port in 8092 8094; do
  script=$(curl --fail --silent "http://127.0.0.1:$port/console/" | grep -o '/console/assets/main-[^"]*') || fail "no console on port $port"
  curl --fail --silent --output /dev/null "http://127.0.0.1:$port$script" || fail "the console on port $port has no script"
done

step 'the console: each service knows both addresses, a session survives a restart of all that knows it'
secret=$(docker compose exec -T feedgen node --input-type=module --eval '
  import { consoleKeys } from "/updraft/packages/console-api/src/sign-in/keys.ts";
  import { idOf, newSecret } from "/updraft/packages/console-api/src/sign-in/secrets.ts";
  import { createSessions } from "/updraft/packages/console-api/src/sign-in/sessions.ts";
  import { createRedis } from "/updraft/packages/store/src/index.ts";
  const { REDIS_ADDRESS: address, REDIS_PASSWORD: password, REDIS_PREFIX: prefix } = process.env;
  const redis = createRedis({ address, password });
  const sessions = createSessions({ redis, keys: consoleKeys(prefix), now: Date.now, onEnd: async () => {} });
  const secret = newSecret();
  await sessions.begin(idOf(secret), { did: "did:web:somebody.example", handle: "somebody.example", browser: "curl" });
  console.log(secret);
  redis.disconnect();')
docker compose restart redis feedgen search 2> /dev/null
docker compose up --detach --wait redis feedgen search 2> /dev/null
for port in 8092 8094; do
  curl --fail --silent "http://127.0.0.1:$port/console/api/config" |
    grep -q '"origins":{"search":"http://127.0.0.1:8092","feedgen":"http://127.0.0.1:8094"}' || fail "the console on port $port misses an address"
  curl --silent --header "cookie: updraft_session=$secret" "http://127.0.0.1:$port/console/api/session" |
    grep -q '"handle":"somebody.example"' || fail "the service on port $port has lost a session"
done

step 'closed: no user but node, nothing written, no database published'
for app in indexer feedgen search; do
  [ "$(docker compose exec -T $app id --user)" = 1000 ] || fail "$app runs as root"
done
for part in clickhouse redis indexer feedgen search; do
  [ "$(docker compose exec -T $part id -u)" != 0 ] || fail "$part runs as root"
  if docker compose exec -T $part sh -c 'touch /x || touch /etc/x || touch /usr/x' 2> /dev/null; then fail "$part can write to its root file system"; fi
  docker compose exec -T $part grep -Eq '^CapBnd:\s+0+$' /proc/1/status || fail "$part may get rights of root"
  docker compose exec -T $part grep -Eq '^NoNewPrivs:\s+1$' /proc/1/status || fail "$part may gain rights"
done
if docker compose exec -T redis redis-cli ping | grep PONG; then fail 'Redis answers without a password'; fi
if docker compose exec -T redis sh -c 'cat /proc/1/cmdline' | grep -q "$(sed -n 's/^REDIS_PASSWORD=//p' env/common.env)"; then fail 'the password of Redis is in its command line'; fi
for app in indexer feedgen search; do
  docker compose exec -T $app sh -c "[ \"\$CLICKHOUSE_USERNAME\" = $app ]" || fail "$app is not its own user of ClickHouse"
  if docker compose exec -T $app env | grep -qF "$(sed -n 's/^CLICKHOUSE_PASSWORD=//p' env/common.env)"; then fail "$app knows the password of ClickHouse's owner"; fi
done
if docker compose ps --format '{{.Ports}}' clickhouse redis | grep -e '->'; then fail 'a database is published'; fi

step 'sizes and idle memory'
docker images --format '{{.Repository}} {{.Size}}' | grep '^updraft-'
docker stats --no-stream --format '{{.Name}} {{.MemUsage}}'

step 'from the start of a container to its first good health check, which comes each second'
for app in indexer feedgen search; do
  docker compose stop "$app" 2> /dev/null
  began=$(date +%s%N)
  docker compose start "$app" 2> /dev/null
  for tries in $(seq 600); do
    if [ "$(docker inspect --format '{{.State.Health.Status}}' "$(docker compose ps --quiet "$app")")" = healthy ]; then break; fi
    [ "$tries" != 600 ] || fail "$app does not become healthy"
    sleep 0.1
  done
  echo "$app: $((($(date +%s%N) - began) / 1000000)) ms"
done

step 'nothing was lost: the tables are those of an indexer that was never killed'
killed=$(settled)
just feedgen-down search-down indexer-down
just migrate-down 99
just migrate-up
just indexer
unharmed=$(settled)
diff <(echo "$killed") <(echo "$unharmed") || fail 'the tables differ'
echo "$killed"
grep -q '^ingest_gaps 0$' <<< "$killed" || fail 'a gap is suspected'

step 'just *-down leaves nothing'
just indexer-down common-down
docker compose --profile '*' rm --stop --force network > /dev/null
just down
left=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"
  docker network ls --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")
[ -z "$left" ] || fail "left: $left"
just down --volumes
[ -z "$(docker volume ls --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] || fail 'volumes are left'

step 'all is well'
