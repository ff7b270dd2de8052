#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What the library lets out is what zmq.h declares, by the name that programs
# look for, and it is installed where no linker looks by itself.
#
# exports.sh <build tree> <zmq.h> <stable library> <draft library>
set -euo pipefail
build=$1 header=$2 stable=$3 draft=$4
failed=0

# declared [<macro>...]: the functions that the header declares.
declared() {
  cpp -P "${@/#/-D}" "$header" | grep -oE '\bzmq_[a-z0-9_]+ *\(' |
    tr -d ' (' | sort -u
}

exported() {
  nm -D --defined-only "$1" | awk '{ print $NF }' | sort -u
}

# compare <name> <wanted> <found>
compare() {
  if ! difference=$(diff <(echo "$2") <(echo "$3")); then
    printf '%s: wanted (<), found (>):\n%s\n' "$1" "$difference"
    failed=1
  fi
}

compare "stable functions" "$(declared)" "$(exported "$stable")"
compare "with drafts" "$(declared ZMQ_BUILD_DRAFT_API)" "$(exported "$draft")"
compare "how many are stable" 70 "$(declared | wc -l)"
for library in "$stable" "$draft"; do
  compare "name" "libzmq.so.5" \
    "$(readelf -d "$library" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')"
done

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --component libzmq --prefix "$prefix" >/dev/null
compare "the component" "libzmq.so.5 zmqrt" "$(
  find "$prefix" -name '*.so.5' -printf '%f ' -exec dirname {} \; |
    sed 's|/[^ ]*/||'
)"
compare "nothing else in it" 2 "$(find "$prefix" ! -type d | wc -l)"
exit "$failed"
