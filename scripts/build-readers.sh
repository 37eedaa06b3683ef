#!/bin/sh
# Builds the programs of tools/revocation-readers, one for each language, into .tools/bin. Does nothing when they are up to date. Where a
# language is missing it says so and goes on: the test that needs it is then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
sources=tools/revocation-readers
mkdir -p .tools/bin

# build LANGUAGE COMMAND VERSION SOURCE...: runs build_LANGUAGE if the version or a source is not what was built last.
build() {
  language=$1 command=$2 version=$3
  shift 3
  if ! $command >/dev/null 2>&1; then
    echo "build-readers: $language is not installed; the test that reads lists and OCSP answers with it is skipped" >&2
    [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ] || exit 1
    return 0
  fi
  stamp=.tools/bin/.revocation-reader-$language-from
  want=$({ $version; cat "$@" scripts/build-readers.sh; } 2>&1 | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x ".tools/bin/revocation-reader-$language" ]; then
    return 0
  fi
  echo "build-readers: building the revocation reader in $language" >&2
  "build_$language"
  printf '%s\n' "$want" >"$stamp"
}

# wrap LANGUAGE: makes a command of what the standard input says; $here is the top of .tools.
wrap() {
  {
    printf '#!/bin/sh\nhere=$(dirname "$0")/..\n'
    cat
  } >".tools/bin/revocation-reader-$1"
  chmod +x ".tools/bin/revocation-reader-$1"
}

build_go() {
  (cd tools && go build -trimpath -mod=readonly -o ../.tools/bin/revocation-reader-go ./revocation-readers/go)
}

build_java() {
  javac --release 17 -d .tools/revocation-reader-java "$sources/java/RevocationReader.java"
  wrap java <<'END'
exec java --add-opens java.base/sun.security.provider.certpath=ALL-UNNAMED --add-opens java.base/sun.security.x509=ALL-UNNAMED \
  -cp "$here/revocation-reader-java" RevocationReader "$@"
END
}

build_python() {
  rm -rf .tools/revocation-reader-python
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --require-hashes --only-binary :all: \
    --target .tools/revocation-reader-python -r "$sources/python/requirements.txt"
  wrap python <<'END'
PYTHONPATH=$here/revocation-reader-python exec python3 "$here/../tools/revocation-readers/python/read.py" "$@"
END
}

build go 'go version' 'go version' "$sources/go/main.go" tools/go.mod tools/go.sum
build java 'javac -version' 'javac -version' "$sources/java/RevocationReader.java"
build python 'python3 -m pip --version' 'python3 --version' "$sources/python/requirements.txt"
