#!/bin/sh
# Installs the oldest Node that the TypeScript client is for, as tools/node22 pins it by hash, into .tools/bin. Does nothing when it is there. Without npm or a
# package for this machine it says so and exits 0: the tests that need it are then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."

stamp=.tools/bin/.node22-from
want=$({ uname -m; cat tools/node22/package.json tools/node22/package-lock.json; } | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x .tools/bin/node22 ]; then
  exit 0
fi

echo 'install-node22: installing Node 22' >&2
rm -rf .tools/node22
mkdir -p .tools/bin .tools/node22
cp tools/node22/package.json tools/node22/package-lock.json .tools/node22/
npm ci --prefix .tools/node22 --no-audit --no-fund --loglevel=error >&2 || true
node=$(find .tools/node22/node_modules -path '*/bin/node' -type f 2>/dev/null | head -n 1)
if [ -z "$node" ]; then
  echo 'install-node22: Node 22 cannot be had here; the tests that need it are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi
ln -sf "../../$node" .tools/bin/node22
printf '%s\n' "$want" >"$stamp"
