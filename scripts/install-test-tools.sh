#!/bin/sh
# Installs the servers that tests put before the service (nginx, HAProxy, Caddy), a JDK and Maven, by apt, where they are missing and this user may. Otherwise it says so
# and exits 0: the tests that need them are then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu

missing=
for tool in nginx haproxy caddy; do
  PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
command -v mvn >/dev/null 2>&1 || missing="$missing maven"
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "install-test-tools: installing$missing" >&2
  # shellcheck disable=SC2086 # one word per package
  if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >&2; then
    exit 0
  fi
fi
echo "install-test-tools:$missing could not be installed; the tests that need them are skipped" >&2
[ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
