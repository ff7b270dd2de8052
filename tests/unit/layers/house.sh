#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What CONTRIBUTING.md asks of every source file and a script can see.
#
# house.sh <source tree>
set -euo pipefail
cd "$1"
failed=0

sources() {
  find libzmqrt transports actors tools examples tests \
    -name '*.[ch]pp' -o -name '*.py' -o -name '*.java' -o -name '*.sh'
}

complain() {
  if [[ -n $2 ]]; then
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
  fi
}

complain "no SPDX line within the first two" "$(
  sources | while read -r file; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MPL-2.0' ||
      echo "$file"
  done
)"
complain "longer than 500 lines (600 for a test)" "$(
  sources | while read -r file; do
    limit=500
    [[ $file != tests/* ]] || limit=600
    lines=$(wc -l <"$file")
    ((lines <= limit)) || echo "$file: $lines"
  done
)"
# Spelt apart, so that this file passes its own test.
marks='TO''DO|FIX''ME|XX''X|HA''CK'
complain "a marker for later; do it, or open an issue" \
  "$(sources | xargs -d '\n' grep -nwE "$marks" || true)"
complain "a test that sleeps; wait for an event" "$(
  grep -rnE --include='*.[ch]pp' 'sleep_for|sleep_until|usleep|nanosleep' \
    tests examples || true
)"

exit "$failed"
