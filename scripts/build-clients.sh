#!/bin/sh
# Builds the examples of clients/ by the commands under `Build` in the README of each, and makes of those under `Run` the commands .tools/bin/example-*. Does nothing when
# they are up to date. Where a language is missing it says so and goes on: the tests that need it are then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib/make-once.sh

# commands LANGUAGE HEADING: the shell commands under a heading of a client's README.
commands() {
  awk -v heading="## $2" '/^## /{here = $0 == heading} /^```$/{code = 0} here && code{print} /^```sh$/{code = 1}' "clients/$1/README.md"
}

# build LANGUAGE: follows its README.
build() {
  export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
  (cd "clients/$1" && sh -eu -c "$(cd ../.. && commands "$1" Build)") &&
    { printf '#!/bin/sh\nset -eu\ncd "$(dirname "$0")/../../clients/%s"\n' "$1" && commands "$1" Run; } >".tools/bin/example-$1" &&
    chmod +x ".tools/bin/example-$1"
}

make_example_go() {
  # shellcheck disable=SC2046 # no name of ours has a blank
  test -z "$(gofmt -l $(files go '*.go'))" && (cd clients/go && go vet ./...) && build go
}

make_python_types() {
  rm -rf "$types" && python3 -m venv "$types" &&
    "$types/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
      -r clients/python/requirements.txt -r tools/python-types/requirements.txt
}

make_example_python() {
  build python &&
    if [ -x "$types/bin/mypy" ]; then
      MYPYPATH=clients/python/src "$types/bin/mypy" --strict --no-error-summary --cache-dir "$types/cache" clients/python/examples/fourcalls >&2
    fi
}

make_example_java() {
  build java
}

# files LANGUAGE PATTERN: what belongs to a client, without what was built.
files() {
  find "clients/$1" \( -name build -o -name target -o -name __pycache__ -o -name '*.egg-info' \) -prune -o -type f -name "$2" -print | sort
}

# What the commands run lies beside the sources, and may be gone without them.
[ -e clients/go/build ] || rm -f .tools/bin/example-go
[ -e clients/python/build ] || rm -f .tools/bin/example-python
[ -e clients/java/target/lib ] || rm -f .tools/bin/example-java

types=.tools/python-types
make_once python_types 'python3 -m venv --help' "$types/bin/mypy" 'the types of clients/python are not checked' clients/python/requirements.txt tools/python-types/requirements.txt

left='the tests that run it are skipped'
# shellcheck disable=SC2046
make_once example_go 'go version' .tools/bin/example-go "$left" $(files go '*')
# shellcheck disable=SC2046
make_once example_python 'python3 -m pip --version' .tools/bin/example-python "$left" $(files python '*')
# shellcheck disable=SC2046
make_once example_java 'mvn --version' .tools/bin/example-java "$left" $(files java '*')
