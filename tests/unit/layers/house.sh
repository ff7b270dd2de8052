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
    -name node_modules -prune -o \( -name '*.[ch]pp' -o -name '*.py' \
    -o -name '*.java' -o -name '*.js' -o -name '*.sh' \) -print
}

complain() {
  if [[ -n $2 ]]; then
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
  fi
}

complain "no SPDX line within the first two" "$(
  sources | xargs -d '\n' awk '
    FNR == 1 && NR > 1 && !found { print name }
    FNR == 1 { name = FILENAME; found = 0 }
    FNR <= 2 && /SPDX-License-Identifier: MPL-2.0/ { found = 1 }
    END { if (!found) print name }'
)"
complain "longer than 500 lines (600 for a test)" "$(
  sources | xargs -d '\n' wc -l |
    awk '$2 != "total" && $1 > ($2 ~ /^tests\// ? 600 : 500)'
)"
# Spelt apart, so that this file passes its own test.
marks='TO''DO|FIX''ME|XX''X|HA''CK'
complain "a marker for later; do it, or open an issue" \
  "$(sources | xargs -d '\n' grep -nwE "$marks" || true)"
complain "a test that sleeps; wait for an event" "$(
  grep -rnE --include='*.[ch]pp' \
    'this_thread::sleep|namespace std::this_thread|usleep|nanosleep' \
    tests examples || true
)"

scripts/spec-map --check || failed=1
scripts/options-doc --check || failed=1

exit "$failed"
