# Sourced by the scripts that fill .tools, from the top of the checkout.

# make_once NAME NEEDS PRODUCT PURPOSE SOURCE...: runs make_NAME, unless PRODUCT is there and neither the output of the command NEEDS, nor a SOURCE,
# nor the script itself has changed since. Where NEEDS does not run, or make_NAME fails, it says so and goes on; with CHANCERY_REQUIRE_TOOLS=1
# it ends the script. make_NAME has to join its commands by &&.
make_once() {
  name=$1 needs=$2 product=$3 purpose=$4
  shift 4
  mkdir -p .tools/bin
  stamp=.tools/bin/.$name-from
  if ! version=$($needs 2>&1); then
    forgo "$name needs \`$needs\`, which does not run here; $purpose"
    return 0
  fi
  want=$({ echo "$version"; cat "$0" "$@"; } | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -e "$product" ]; then
    return 0
  fi
  echo "$(basename "$0" .sh): making $name" >&2
  rm -f "$stamp"
  if "make_$name"; then
    printf '%s\n' "$want" >"$stamp"
  else
    rm -rf "$product"
    forgo "$name could not be made; $purpose"
  fi
}

# forgo TEXT: says what is not there, and ends the script if everything is required.
forgo() {
  echo "$(basename "$0" .sh): $1" >&2
  [ "${CHANCERY_REQUIRE_TOOLS:-}" != 1 ] || exit 1
}

# pip_install FOLDER REQUIREMENTS: installs pinned wheels into a folder of their own.
pip_install() {
  rm -rf "$1" &&
    python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action ignore --no-deps --require-hashes \
      --only-binary :all: --target "$1" -r "$2"
}
