#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Compiles, and no more, every block of the documents that is marked as ```cpp:
# a whole program, or the body of a function (preamble.hpp). Those marked as
# ```cpp cppzmq are cppzmq's. The compiler names the document and its line.
#
# snippets.sh <source tree> <file to make> <compiler>
set -euo pipefail
cd "$1"
made=$2
compiler=$3

awk '
  function emit() {
    printf "namespace snippet_%d {\n", ++count
    if (!program)
      printf "[[maybe_unused]] void run(%s_GIVEN) {\n{\n",
             cppzmq ? "CPPZMQ" : "ZMQRT"
    printf "#line %d \"%s\"\n%s", begin, FILENAME, body
    print program ? "}" : "}\n}\n}"
  }
  BEGIN { print "#include \"tests/docs/preamble.hpp\"" }
  /^```/ && inside { emit(); inside = 0; next }
  /^```cpp( cppzmq)?$/ {
    inside = 1; body = ""; program = 0
    begin = FNR + 1
    cppzmq = /cppzmq/
    next
  }
  inside {
    if (/^int main\(/) program = 1
    body = body (/^#include/ ? "" : $0) "\n"
  }
  END {
    if (inside) { print "a block without an end" > "/dev/stderr"; exit 1 }
    if (count < 10) { print "only " count " blocks" > "/dev/stderr"; exit 1 }
  }' README.md docs/guides/*.md >"$made"

"$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror \
  -Wno-return-type -Wno-unused-parameter -Wno-unused-variable \
  -Wno-unused-but-set-variable \
  -I. -Iactors/include -Ilibzmqrt/include "$made"
grep -c '^namespace snippet_' "$made" | sed 's/$/ snippets compile/'
