#!/bin/sh
# Builds the programs of tools/token-readers into .tools/bin, after scripts/build-readers.sh, whose copy of Python's `cryptography` they share. Does nothing when
# they are up to date. Where a language is missing it says so and goes on: the test that needs it is then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib/make-once.sh
sources=tools/token-readers

make_token_reader_go() {
  (cd tools && go build -trimpath -mod=readonly -o ../.tools/bin/token-reader-go ./token-readers/go)
}

make_token_reader_python() {
  pip_install .tools/token-reader-python "$sources/python/requirements.txt" &&
    cat >.tools/bin/token-reader-python <<'SH' &&
#!/bin/sh
here=$(dirname "$0")/..
PYTHONPATH=$here/token-reader-python:$here/revocation-reader-python exec python3 "$here/../tools/token-readers/python/read.py" "$@"
SH
    chmod 755 .tools/bin/token-reader-python
}

left='the test that checks tokens with it is skipped'
make_once token_reader_go 'go version' .tools/bin/token-reader-go "$left" "$sources/go/main.go" tools/go.mod tools/go.sum
make_once token_reader_python 'python3 -m pip --version' .tools/bin/token-reader-python "$left" "$sources/python/requirements.txt"
