#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# docs/compatibility.md names each function, socket type, option and event of
# zmq.h, and no test that is not there.
#
# compatibility.sh <source tree> <zmq.h>
set -euo pipefail
cd "$1"
header=$2
page=docs/compatibility.md
options=docs/options.md
failed=0

complain() {
  echo "$page: $1" >&2
  failed=1
}

functions=$(grep -oE '\bzmq_[a-z0-9_]+ \(' "$header" | tr -d ' (' | sort -u)
[[ $(wc -w <<<"$functions") -ge 70 ]] || complain "no functions in $header"
for name in $functions; do
  grep -q "\`$name\`" "$page" || complain "no $name"
done

# The names of one block of the header, from its heading to the next comment.
block() {
  awk -v heading="$1" '
    /^\/\*/ { inside = index($0, heading) > 0 }
    inside && $1 == "#define" { print substr($2, 5) }' "$header"
}

need() { # what stands in the block has to be on one of the pages
  local heading=$1 names
  shift
  names=$(block "$heading")
  [[ -n $names ]] || complain "no '$heading' in $header"
  for name in $names; do
    grep -qiwE "\`?${name#EVENT_}\`?" "$@" || complain "no $name"
  done
}

need 'Socket types.' "$page"
need 'DRAFT Socket types.' "$page"
need 'Socket options.' "$page" "$options"
need 'DRAFT Socket options.' "$page" "$options"
for name in $(grep -oE 'ZMQ_EVENT_[A-Z_]+ 0x' "$header" | cut -d' ' -f1); do
  name=${name#ZMQ_EVENT_}
  [[ $name == ALL ]] || grep -q "^|[^|]*\b\(EVENT_\)\?$name\b" "$page" ||
    complain "no $name"
done

folders='actors|c_api|conformance|interop/security|interop|sim|spec|unit/[a-z]+'
for test in $(grep -oE "\b($folders)/[a-z_]+" "$page" | sort -u); do
  [[ $test =~ ^unit/[a-z]+$ || -f tests/$test.test.cpp ]] ||
    complain "no tests/$test.test.cpp"
done
exit "$failed"
