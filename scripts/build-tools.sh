#!/bin/sh
# Builds the programs that tests are held against (zlint, grpcurl), as tools/go.mod pins them, into .tools/bin; fetches Envoy and a
# Python implementation of RFC 9421, Node 22, and what makes the stubs of clients/; builds the examples there.
# Does nothing when they are up to date. Without Go it says so and exits 0: the tests that need them are then skipped by name,
# unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."

scripts/fetch-envoy.sh
scripts/build-readers.sh
scripts/build-token-readers.sh
scripts/install-http-signatures.sh
scripts/install-node22.sh
scripts/install-generators.sh
scripts/build-clients.sh

if ! command -v go >/dev/null 2>&1; then
  echo 'build-tools: Go is not installed; zlint and grpcurl are not built, and the tests that need them are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi

stamp=.tools/bin/.built-from
want=$({ go version; cat tools/go.mod tools/go.sum; } | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x .tools/bin/zlint ] && [ -x .tools/bin/grpcurl ]; then
  exit 0
fi

echo 'build-tools: building zlint and grpcurl' >&2
mkdir -p .tools/bin
(cd tools && go build -trimpath -mod=readonly -o ../.tools/bin/ tool)
printf '%s\n' "$want" >"$stamp"
