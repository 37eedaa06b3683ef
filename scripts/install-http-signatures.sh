#!/bin/sh
# Installs the Python implementation of RFC 9421 that tests are held against, as tools/http-signatures pins it by hash, into .tools/http-signatures, and
# the command that runs it into .tools/bin. Does nothing when it is there. Without Python's pip it says so and exits 0: the tests that need it are then
# skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."

command=.tools/bin/http-signatures-py
stamp=.tools/bin/.http-signatures-from
packages=.tools/http-signatures
want=$({ python3 --version 2>/dev/null || true; cat tools/http-signatures/*; } | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x "$command" ]; then
  exit 0
fi
if ! python3 -m pip --version >/dev/null 2>&1; then
  echo 'install-http-signatures: Python with pip is not installed; the tests against another implementation of RFC 9421 in Python are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi

echo 'install-http-signatures: installing http-message-signatures for Python' >&2
rm -rf "$packages" "$stamp"
mkdir -p .tools/bin
if ! python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action ignore --require-hashes --only-binary :all: \
  --target "$packages" -r tools/http-signatures/requirements.txt; then
  echo 'install-http-signatures: the packages cannot be had here; the tests that need them are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi
cat >"$command" <<'SH'
#!/bin/sh
root=$(dirname "$0")/../..
PYTHONPATH=$root/.tools/http-signatures exec python3 "$root/tools/http-signatures/driver.py"
SH
chmod 755 "$command"
printf '%s\n' "$want" >"$stamp"
