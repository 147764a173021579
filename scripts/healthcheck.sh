#!/bin/sh
# Whether the service of this container is well: exit code 0, or 1 and a line that says what is not. Of the app it asks "/", then /livez
# and /readyz for their JSON; of a worker its own two probes. Node asks, as it is there anyway.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

case ${1:-${SERVICE_TYPE:-app}} in
  app) exec node "$root/scripts/healthcheck.mjs" "${PORT:-8001}" / /livez /readyz ;;
  worker) exec node "$root/scripts/healthcheck.mjs" "${WORKER_PORT:-8002}" /livez /readyz ;;
  *)
    echo 'SERVICE_TYPE, or the first argument, has to be app or worker.' >&2
    exit 1
    ;;
esac
