#!/bin/sh
# Writes src/gen from proto/: message code by ts-proto, and the descriptor set that the reflection service answers from.
# Both are committed; `npm run check` runs this and refuses a difference.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
buf lint
buf generate
buf build --as-file-descriptor-set -o src/gen/descriptors.binpb
