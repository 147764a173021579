#!/bin/sh
# Whether the service of this container is well: exit code 0, or 1 and a line that says what is not. Of the app it asks "/", then /livez
# and /readyz for their JSON; of a worker its own two probes. Node asks, as it is there anyway.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

# What the first process of the container was told, as the entrypoint goes by it before SERVICE_TYPE.
told_to_entrypoint() {
  case $(tr '\0' ' ' </proc/1/cmdline 2>/dev/null || true) in
    *docker-entrypoint.sh' app '*) echo app ;;
    *docker-entrypoint.sh' worker '*) echo worker ;;
  esac
}

kind=${1:-$(told_to_entrypoint)}
case ${kind:-${SERVICE_TYPE:-app}} in
  app) exec node "$root/scripts/healthcheck.mjs" "${PORT:-8001}" / /livez /readyz ;;
  worker) exec node "$root/scripts/healthcheck.mjs" "${WORKER_PORT:-8002}" /livez /readyz ;;
  *)
    echo 'SERVICE_TYPE, or the first argument, has to be app or worker.' >&2
    exit 1
    ;;
esac
