#!/bin/sh
# Writes the stubs of chancery.v1 in Go, Python and Java below clients/, or below the folder that is given. What they import beside it, google.protobuf and
# google.rpc, comes with the runtime library of each language: a second copy of those would be refused by two of the three when it is loaded.
# Leaves out, and says so, a language whose toolchain is missing, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.tools/bin:$PWD/node_modules/.bin:$PATH"
out=${1:-clients}
scripts/install-generators.sh

fresh() { rm -rf "$1" && mkdir -p "$1"; }

if [ -x .tools/bin/protoc-gen-go-grpc ]; then
  fresh "$out/go/chanceryv1"
  buf generate --template tools/generators/buf.gen.go.yaml --path proto/chancery --output "$out/go"
fi

if [ -x .tools/bin/protoc-python ]; then
  stubs=$out/python/src/chancery/v1
  fresh "$stubs"
  protoc-python --proto_path proto --python_out "$out/python/src" --grpc_python_out "$out/python/src" \
    --mypy_out "quiet:$out/python/src" --mypy_grpc_out "quiet:$out/python/src" proto/chancery/v1/*.proto
  echo '"""Stubs of chancery.v1, made from proto/ by scripts/generate-clients.sh."""' >"$stubs/__init__.py"
fi

if [ -x .tools/bin/protoc-java ]; then
  stubs=$out/java/src/gen/java
  fresh "$stubs"
  buf generate --template tools/generators/buf.gen.java.yaml --path proto/chancery --output "$stubs"
fi
