#!/usr/bin/env bash
# env-files.sh NAME…  prepares env/NAME.env for each name, before containers start. It
#   keeps an env/NAME.env that a person wrote, or that it made before;
#   else decrypts env/NAME.enc.env at each start, if it is encrypted for a key of your own and sops is installed;
#   else makes it from env/NAME.env.example, with random secrets.
# The committed env/*.enc.env hold development values, which everybody can decrypt: a start never uses them.
# env-files.sh --development NAME…  uses them on request, where there is no env/NAME.env of your own.
# env-files.sh --decrypt NAME…  decrypts, even over an env/NAME.env.
# env-files.sh --value NAME VARIABLE  prints what env/NAME.env says.
# In an example, a variable without a value and without # is a required secret. All missing ones are reported together, by name.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077
readonly MARK='# Decrypted from' DEVELOPMENT_MARK='# Development values'
readonly APPS='indexer feedgen search'
development_key=$(sed -n 's/^# public key: //p' env/development.agekey 2> /dev/null || true)
readonly development_key

is_development() { # NAME: whether everybody can decrypt env/NAME.enc.env
  [ -n "$development_key" ] && grep -q "map_recipient=$development_key" "env/$1.enc.env"
}

random() { head -c 32 /dev/urandom | base64; }

needed() { sed -n 's/^\([A-Z][A-Z0-9_]*\)=$/\1/p' "env/$1.env.example"; } # NAME

value_of() { # NAME VARIABLE
  sed -n "s/^$2=//p" "env/$1.env" | tail -n 1 | sed -e "s/^'\(.*\)'\$/\1/" -e 's/^"\(.*\)"$/\1/' -e 's/\$\$/$/g'
}

decrypt() { # NAME
  local decrypted mark="$MARK env/$1.enc.env: change that one (just secrets-edit $1)." key=${SOPS_AGE_KEY_FILE:-}
  if is_development "$1"; then
    mark="$DEVELOPMENT_MARK, which everybody knows, of env/$1.enc.env. They stay until this file goes."
    key=${key:-$PWD/env/development.agekey}
  fi
  decrypted=$(${key:+env SOPS_AGE_KEY_FILE="$key"} sops decrypt --input-type dotenv --output-type dotenv "env/$1.enc.env") || return 1
  { echo "$mark"; grep -v -e "^$MARK" -e "^$DEVELOPMENT_MARK" <<< "$decrypted"; } > "env/$1.env"
}

make() { # NAME
  local line
  while IFS= read -r line; do
    case $line in
      [A-Z]*=) printf '%s%s\n' "$line" "$(random)" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < "env/$1.env.example" > "env/$1.env"
  echo "env/$1.env: made from env/$1.env.example, with secrets of its own" >&2
}

# Replaces the secrets in a file of development values, which an earlier version decrypted at a start without being asked.
renew() { # NAME
  local line variable
  while IFS= read -r line; do
    variable=${line%%=*}
    case $line in
      "$MARK"*) ;;
      CLEANUP_TOKEN_KEY=?*) echo "CLEANUP_TOKEN_KEY=$(random),${line#*=}" ;;
      *) if needed "$1" | grep -qx "$variable"; then echo "$variable=$(random)"; else printf '%s\n' "$line"; fi ;;
    esac
  done < "env/$1.env" > "env/$1.env.new"
  mv "env/$1.env.new" "env/$1.env"
  echo "env/$1.env: it held development secrets, which everybody knows; random ones have taken their place" >&2
  case $1 in
    search) echo "  the old CLEANUP_TOKEN_KEY stands behind the new one, for clean-ups under way: take it out when they are done" >&2 ;;
    observability) echo "  Grafana keeps its first password: docker compose exec grafana grafana cli admin reset-admin-password NEW" >&2 ;;
  esac
}

see_to() { # NAME
  if [ -f "env/$1.env" ] && grep -q "^$DEVELOPMENT_MARK" "env/$1.env"; then
    echo "env/$1.env: development values, which everybody knows, as was asked for" >&2
  elif [ -f "env/$1.env" ] && ! grep -q "^$MARK" "env/$1.env"; then
    return # somebody's own, or made here
  elif [ -f "env/$1.enc.env" ] && is_development "$1"; then
    if [ -f "env/$1.env" ]; then renew "$1"; else make "$1"; fi
  elif [ -f "env/$1.enc.env" ] && command -v sops > /dev/null; then
    if decrypt "$1"; then return; fi
    if [ ! -f "env/$1.env" ]; then
      echo "env/$1.enc.env can't be decrypted here, and there is no env/$1.env: see .sops.yaml" >&2
      exit 1
    fi
    echo "env/$1.enc.env can't be decrypted here: env/$1.env is used as it is" >&2
  elif [ ! -f "env/$1.env" ]; then
    make "$1"
  fi
}

has() { grep -q "^$2" "env/$1.env"; } # NAME BEGIN

# Completes files from before Redis had a password and the apps had users of their own. Databases of your own need nothing.
complete() { # NAME
  if has "$1" "$MARK"; then return; fi # the next start writes it again; what is missing is reported below
  if [ "$1" = common ] && has common REDIS_ADDRESS=redis:6379 && ! has common REDIS_PASSWORD=; then
    printf '\n# Added: Redis has a password now.\nREDIS_PASSWORD=%s\n' "$(random)" >> env/common.env
    echo 'env/common.env: REDIS_PASSWORD added; restart all apps once' >&2
  fi
  if [[ " $APPS " = *" $1 "* ]] && ! has "$1" CLICKHOUSE_ && [ -f env/common.env ] && has common CLICKHOUSE_ADDRESS=clickhouse:8123 &&
    has common CLICKHOUSE_USERNAME=updraft; then
    printf '\n# Added: a user of its own.\nCLICKHOUSE_USERNAME=%s\nCLICKHOUSE_PASSWORD=%s\n' "$1" "$(random)" >> "env/$1.env"
    echo "env/$1.env: a user of ClickHouse of its own added" >&2
  fi
  add_origins "$1"
}

# Completes files from before the console, where only this machine reaches the apps. In public a person has to say where browsers reach them.
add_origins() { # NAME
  local origins
  origins=$(grep -E '^[A-Z]+_ORIGIN=' "env/$1.env.example") || return 0
  if grep -q -e _ORIGIN= -e CONSOLE_OFF= "env/$1.env"; then return; fi
  if grep -qs '^SERVICE_ENDPOINT=' env/feedgen.env || [ -n "${PUBLISH_ON:-}" ] || grep -qs '^PUBLISH_ON=' .env; then return; fi
  printf '\n# Added: where browsers reach the console.\n%s\n' "$origins" >> "env/$1.env"
  echo "env/$1.env: the addresses of the console added" >&2
}

hash_of() { # NAME: of the password in env/NAME.env. Without a password, a hash of nothing: the hash of an empty one would let everybody in
  local password
  password=$(value_of "$1" CLICKHOUSE_PASSWORD)
  if [ -n "$password" ]; then printf '%s' "$password" | sha256sum | cut -c 1-64; else printf '%064d\n' 0; fi
}

# Gives the databases' containers what they need from the apps' files: hashes for ClickHouse, the password for Redis.
derive() {
  local name sums=''
  for name in $APPS; do
    sums+="CLICKHOUSE_${name^^}_SHA256=$(hash_of "$name")"$'\n'
  done
  sums+="CLICKHOUSE_UPDRAFT_SHA256=$(hash_of common)"
  printf '# scripts/env-files.sh writes this file at each start.\n%s\n' "$sums" > env/clickhouse.env
  printf '# scripts/env-files.sh writes this file at each start.\nREDIS_PASSWORD=%s\n' "$(sed -n 's/^REDIS_PASSWORD=//p' env/common.env | tail -n 1)" > env/redis.env
}

case ${1:-} in
  --value)
    if [ ! -f "env/$2.env" ]; then
      echo "env/$2.env is not there yet: just common makes it" >&2
      exit 1
    fi
    value_of "$2" "$3"
    exit ;;
  --decrypt)
    shift
    for name in "$@"; do decrypt "$name"; done
    exit ;;
  --development)
    shift
    for name in "$@"; do
      if [ ! -f "env/$name.enc.env" ] || ! is_development "$name"; then continue; fi
      if [ -f "env/$name.env" ] && ! grep -q -e "^$MARK" -e "^$DEVELOPMENT_MARK" "env/$name.env"; then
        echo "env/$name.env is there already, with values of its own: move it away first" >&2
        exit 1
      fi
      decrypt "$name"
      echo "env/$name.env: development values, which everybody knows" >&2
    done
    exit ;;
esac
missing=0
for name in "$@"; do
  see_to "$name"
  complete "$name"
  for variable in $(needed "$name"); do
    if [ -n "$(value_of "$name" "$variable")" ]; then continue; fi
    # An app without a user of its own uses that of env/common.env.
    if [ "$variable" = CLICKHOUSE_PASSWORD ] && [ "$name" != common ] && ! has "$name" CLICKHOUSE_; then continue; fi
    echo "$variable is needed, and not set in env/$name.env: give it one (openssl rand -base64 32)" >&2
    missing=1
  done
done
if [ $missing = 0 ] && [ -f env/common.env ] && [ -f env/indexer.env ] && [ -f env/feedgen.env ] && [ -f env/search.env ]; then derive; fi
exit $missing
