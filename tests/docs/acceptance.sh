#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# docs/acceptance-map.md names no test that is not there; through the C API, no
# case either.
#
# acceptance.sh <source tree>
set -euo pipefail
cd "$1"
page=docs/acceptance-map.md
failed=0

complain() {
  echo "$page: $1" >&2
  failed=1
}

folders='actors|c_api|conformance|interop/security|interop|sim|spec'
folders+='|tools|unit(/[a-z]+)?'
for test in $(grep -oE "\b($folders)/[a-z0-9_]+" "$page" | sort -u); do
  [[ -d tests/$test || -f tests/$test.test.cpp ]] ||
    complain "no tests/$test.test.cpp"
done

# "c_api/FILE: a case; another of that file", and remarks in brackets.
file=
while read -r item; do
  if [[ $item =~ ^(c_api/[a-z_]+)(:\ (.*))?$ ]]; then
    file=tests/${BASH_REMATCH[1]}.test.cpp
    item=${BASH_REMATCH[3]}
  fi
  [[ -z $item || $item == ...* || ! -f $file ]] || grep -qF ": $item" "$file" ||
    complain "no \"$item\" in $file"
done < <(sed -n '/^## Through the C API/,$p' "$page" |
  sed -nE 's/^\|.*\| (c_api.*) \|$/\1/p' |
  sed -E 's/ \([^)]*\)//g' | tr ';' '\n' | sed -E 's/^ +| +$//g')
exit "$failed"
