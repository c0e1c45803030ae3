#!/usr/bin/env bash
# env-files.sh NAME…  sees to env/NAME.env of each name before containers start:
#   decrypts env/NAME.enc.env, when it and sops are there (never over an env/NAME.env that somebody wrote);
#   else keeps the env/NAME.env that is there;
#   else makes one from env/NAME.env.example, with secrets of its own.
# env-files.sh --decrypt NAME…  decrypts, whatever is there.
# In an example a variable without a value and without # is a needed secret. What is missing is told by name, all together.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077
readonly MARK='# Decrypted from'

decrypt() { # NAME
  local decrypted
  decrypted=$(sops decrypt --input-type dotenv --output-type dotenv "env/$1.enc.env") || return 1
  { echo "$MARK env/$1.enc.env: change that one (just secrets-edit $1)."; grep -v "^$MARK" <<< "$decrypted"; } > "env/$1.env"
  case ${SOPS_AGE_KEY_FILE:-} in
    */development.agekey) echo "env/$1.env: development values, which everybody knows; your own: see .sops.yaml" >&2 ;;
  esac
}

make() { # NAME
  local line
  while IFS= read -r line; do
    case $line in
      [A-Z]*=) printf '%s%s\n' "$line" "$(head -c 32 /dev/urandom | base64)" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < "env/$1.env.example" > "env/$1.env"
  echo "env/$1.env: made from env/$1.env.example, with secrets of its own" >&2
}

see_to() { # NAME
  if [ -f "env/$1.env" ] && ! grep -q "^$MARK" "env/$1.env"; then return; fi # somebody's own
  if [ -f "env/$1.enc.env" ] && command -v sops > /dev/null; then
    if decrypt "$1"; then return; fi
    if [ ! -f "env/$1.env" ]; then
      echo "env/$1.enc.env can't be decrypted here, and there is no env/$1.env: see .sops.yaml" >&2
      exit 1
    fi
    echo "env/$1.enc.env can't be decrypted here: env/$1.env is used as it is" >&2
  fi
  if [ ! -f "env/$1.env" ]; then make "$1"; fi
}

if [ "${1:-}" = --decrypt ]; then
  shift
  for name in "$@"; do decrypt "$name"; done
  exit
fi
missing=0
for name in "$@"; do
  see_to "$name"
  for variable in $(sed -n 's/^\([A-Z][A-Z0-9_]*\)=$/\1/p' "env/$name.env.example"); do
    if ! grep -Eq "^$variable=.+" "env/$name.env"; then
      echo "$variable is needed, and not set in env/$name.env" >&2
      missing=1
    fi
  done
done
exit $missing
