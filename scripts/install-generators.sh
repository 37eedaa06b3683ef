#!/bin/sh
# Puts what makes the stubs of clients/ into .tools/bin: the plugins of Go, protoc with the plugins of Python, and protoc with the plugin of Java, as tools/ pins them.
# Does nothing when they are up to date. Where a language is missing it says so and exits 0, unless CHANCERY_REQUIRE_TOOLS=1.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib/make-once.sh
generators=tools/generators

make_protoc_gen_go() {
  (cd tools && go build -trimpath -mod=readonly -o ../.tools/bin/ google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc)
}

make_protoc_python() {
  pip_install .tools/grpcio-tools "$generators/python/requirements.txt" &&
    printf '#!/bin/sh\nhere=$(dirname "$0")/../grpcio-tools\nPATH=$here/bin:$PATH PYTHONPATH=$here exec python3 -m grpc_tools.protoc "$@"\n' >.tools/bin/protoc-python &&
    chmod +x .tools/bin/protoc-python
}

make_protoc_java() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) classifier=linux-x86_64 ;;
    Linux-aarch64) classifier=linux-aarch_64 ;;
    Darwin-x86_64) classifier=osx-x86_64 ;;
    Darwin-arm64) classifier=osx-aarch_64 ;;
    *) echo "install-generators: no protoc of Maven Central runs on $(uname -s) $(uname -m)" >&2 && return 1 ;;
  esac
  mvn --batch-mode --quiet --strict-checksums -f "$generators/java/pom.xml" dependency:copy "-Dclassifier=$classifier" >&2 &&
    chmod +x .tools/bin/protoc-java .tools/bin/protoc-gen-grpc-java
}

left='its stubs are not made here'
make_once protoc_gen_go 'go version' .tools/bin/protoc-gen-go-grpc "$left" tools/go.mod tools/go.sum
make_once protoc_python 'python3 -m pip --version' .tools/bin/protoc-python "$left" "$generators/python/requirements.txt"
make_once protoc_java 'mvn --version' .tools/bin/protoc-java "$left" "$generators/java/pom.xml"
