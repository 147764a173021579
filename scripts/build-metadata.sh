#!/bin/sh
# What an image is to say that it was built from, as lines for a shell: eval "$(scripts/build-metadata.sh)"
set -eu

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)"

version=$(git describe --tags --always)
sha=$(git rev-parse HEAD)
printf 'export BUILD_VERSION=%s\nexport BUILD_SHA=%s\nexport BUILD_DATE=%s\n' \
  "$version" "$sha" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
