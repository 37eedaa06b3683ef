#!/bin/sh
# Builds the programs of tools/revocation-readers, one for each language, into .tools/bin. Does nothing when they are up to date. Where a
# language is missing it says so and goes on: the test that needs it is then skipped by name, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib/make-once.sh
sources=tools/revocation-readers

# wrap LANGUAGE: makes a command of what the standard input says; $here is the top of .tools.
wrap() {
  {
    printf '#!/bin/sh\nhere=$(dirname "$0")/..\n'
    cat
  } >".tools/bin/revocation-reader-$1" &&
    chmod +x ".tools/bin/revocation-reader-$1"
}

make_revocation_reader_go() {
  (cd tools && go build -trimpath -mod=readonly -o ../.tools/bin/revocation-reader-go ./revocation-readers/go)
}

make_revocation_reader_java() {
  javac --release 17 -d .tools/revocation-reader-java "$sources/java/RevocationReader.java" &&
    wrap java <<'END'
exec java --add-opens java.base/sun.security.provider.certpath=ALL-UNNAMED --add-opens java.base/sun.security.x509=ALL-UNNAMED \
  -cp "$here/revocation-reader-java" RevocationReader "$@"
END
}

make_revocation_reader_python() {
  pip_install .tools/revocation-reader-python "$sources/python/requirements.txt" &&
    wrap python <<'END'
PYTHONPATH=$here/revocation-reader-python exec python3 "$here/../tools/revocation-readers/python/read.py" "$@"
END
}

left='the test that reads lists and OCSP answers with it is skipped'
make_once revocation_reader_go 'go version' .tools/bin/revocation-reader-go "$left" "$sources/go/main.go" tools/go.mod tools/go.sum
make_once revocation_reader_java 'javac -version' .tools/bin/revocation-reader-java "$left" "$sources/java/RevocationReader.java"
make_once revocation_reader_python 'python3 -m pip --version' .tools/bin/revocation-reader-python "$left" "$sources/python/requirements.txt"
