#!/bin/sh
# Writes src/gen and docs/{config,errors}.md: message code by ts-proto, and the descriptor set that the reflection service answers from; and the stubs of clients/.
# All are committed; `npm run check` runs this and refuses a difference.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
buf lint
buf generate
buf build --as-file-descriptor-set -o src/gen/descriptors.binpb
node scripts/generate-docs.ts
scripts/generate-clients.sh
