#!/bin/sh
# Starts what the image is for, once what it was built from and its settings are known to be in order:
#
#   docker-entrypoint.sh [app|worker]     default: SERVICE_TYPE, or app
#   docker-entrypoint.sh models ...       the command for models, as `npm run models`; likewise backup, restore and scrub
#   docker-entrypoint.sh PROGRAM ...      anything else is run as it stands, as `docker run IMAGE sh` expects it
#
# What it says are entries of the log like those of the service. None of them holds the value of a setting.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build_info=${BUILD_INFO_FILE:-/etc/whisper-build.info}

# Severity and a message without quotes or backslashes.
say() {
  printf '{"severity":"%s","timestamp":"%s","process_id":%d,"caller":"entrypoint","message":"%s"}\n' \
    "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$$" "$2"
}

refuse() {
  say fatal "$1" >&2
  exit 1
}

# The value of a line NAME=VALUE of the build metadata.
built_with() {
  sed -n "s/^$1=//p" "$build_info" | head -n 1 | tr -d '[:space:]'
}

check_build_metadata() {
  say info 'Checking the build metadata'
  [ -s "$build_info" ] ||
    refuse 'The build metadata is missing or empty: build the image with docker/Dockerfile, which writes it, or set BUILD_INFO_FILE'
  placeholders=''
  for name in BUILD_VERSION BUILD_SHA BUILD_DATE; do
    case $(built_with "$name") in
      '') refuse "The build metadata lacks $name: build the image again with --build-arg $name=..." ;;
      dev | unknown) placeholders="$placeholders $name" ;;
    esac
  done
  [ -z "$placeholders" ] ||
    say warn "The image does not tell what it was built from (${placeholders# }): build it again with --build-arg BUILD_VERSION, BUILD_SHA and BUILD_DATE, as docs/docker.md shows"
  say info 'The build metadata is in order'
}

# The program knows the rules of its settings; here they are only asked for.
start() {
  check_build_metadata
  say info 'Checking the configuration'
  node "$root/dist/main.check.js" "$1" || refuse 'The configuration has problems; nothing was started'
  say info 'The configuration is in order; starting'
  exec node "$root/dist/$2"
}

if [ $# -eq 0 ]; then
  set -- "${SERVICE_TYPE:-app}"
fi

case $1 in
  app) start app main.js ;;
  worker) start worker main.worker.js ;;
  models | backup | restore | scrub)
    command=$1
    shift
    exec node "$root/dist/cli/$command.cli.js" "$@"
    ;;
  *)
    command -v -- "$1" >/dev/null ||
      refuse 'SERVICE_TYPE, or the first argument, has to be app, worker, models, backup, restore, scrub or a program'
    exec "$@"
    ;;
esac
