#!/bin/sh
# Starts the built service, or with "worker" a worker process, for production and without a container: the settings come from the
# environment and, where it has none, from .env.production beside this folder. Node reads that file, so that spaces, quotes and `#` in
# it mean what they mean in every .env file, and nothing in it is run.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
env_file=$root/.env.production
export NODE_ENV=production

kind=${1:-${SERVICE_TYPE:-app}}
case $kind in
  app) program=$root/dist/main.js ;;
  worker) program=$root/dist/main.worker.js ;;
  *)
    echo 'SERVICE_TYPE, or the first argument, has to be app or worker.' >&2
    exit 1
    ;;
esac

if [ ! -f "$program" ]; then
  echo 'The service is not built: run "npm ci --include=dev && npm run build".' >&2
  exit 1
fi

set --
if [ -f "$env_file" ]; then
  set -- "--env-file=$env_file"
fi

node "$@" "$root/dist/main.check.js" "$kind"
exec node "$@" "$program"
