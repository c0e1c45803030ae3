#!/usr/bin/env bash
# Writes the digests of the images that docker-compose.yml names by tags to .env, where `docker compose` finds them. They are the tags' newest
# digests in the registry: see what changed before you start with them, since git does not track .env. Delete the lines to go back to tags.
set -euo pipefail
cd "$(dirname "$0")/.."
lines=''
while IFS=' ' read -r name image; do
  docker pull --quiet "$image" > /dev/null
  digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | sed -n 's/.*@\(sha256:[0-9a-f]\{64\}\)$/\1/p' | head -n 1)
  if [ -z "$digest" ]; then
    echo "$image has no digest here: it did not come from a registry. Nothing is written." >&2
    exit 1
  fi
  lines+="$name=$image@$digest"$'\n'
done < <(grep -o '\${[A-Z]*_IMAGE:-[^}]*}' docker-compose.yml | sort -u | sed 's/\${\(.*\):-\(.*\)}/\1 \2/')
touch .env
kept=$(grep -v '^[A-Z]*_IMAGE=' .env || true)
printf '%s\n' "${kept:+$kept$'\n'}${lines%$'\n'}" > .env.new
mv .env.new .env
printf '%s' "$lines"
