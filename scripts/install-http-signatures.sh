#!/bin/sh
# Installs the Python implementation of RFC 9421 that tests are held against, as tools/http-signatures pins it by hash, into .tools/http-signatures, and
# the command that runs it into .tools/bin. Does nothing when it is there. Without Python's pip it says so and exits 0: the tests that need it are then
# skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib/make-once.sh

make_http_signatures() {
  pip_install .tools/http-signatures tools/http-signatures/requirements.txt &&
    cat >.tools/bin/http-signatures-py <<'SH' &&
#!/bin/sh
root=$(dirname "$0")/../..
PYTHONPATH=$root/.tools/http-signatures exec python3 "$root/tools/http-signatures/driver.py"
SH
    chmod 755 .tools/bin/http-signatures-py
}

make_once http_signatures 'python3 -m pip --version' .tools/bin/http-signatures-py \
  'the tests against another implementation of RFC 9421 in Python are skipped' tools/http-signatures/requirements.txt
