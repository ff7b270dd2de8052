#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Builds and runs the consumer against an installed zmqrt, or with zmqrt's
# sources in its own build.
#
# package.sh install <build tree> <prefix>
# package.sh headers <prefix>
# package.sh find_package <prefix> <work>
# package.sh pkg_config <prefix> <work>
# package.sh add_subdirectory <source tree> <work> <prefix> <CMake options>...
#
# CXX and CXXFLAGS come from the environment.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
read -ra flags <<<"${CXXFLAGS:-}"

build_consumer() {
  local work=$1
  shift
  rm -rf "$work"
  cmake -G Ninja -S "$here/consumer" -B "$work" "$@"
  cmake --build "$work" --target consumer -j 2
  "$work/consumer"
}

case $1 in
install)
  rm -rf "$3"
  cmake --install "$2" --prefix "$3"
  ;;
find_package)
  build_consumer "$3" -DCMAKE_PREFIX_PATH="$2"
  ;;
pkg_config)
  rm -rf "$3"
  mkdir -p "$3"
  pc=$(find "$2" -name zmqrt.pc)
  export PKG_CONFIG_PATH=${pc%/*}
  read -ra cflags <<<"$(pkg-config --cflags zmqrt)"
  read -ra libs <<<"$(pkg-config --libs zmqrt)"
  "$CXX" -std=c++20 "${flags[@]}" "${cflags[@]}" "$here/consumer/main.cpp" \
    -o "$3/consumer" "${libs[@]}" -Wl,-rpath,"$(dirname "${pc%/*}")"
  "$3/consumer"
  ;;
headers)
  # Each public header compiles alone, and asks for nothing but std and the
  # other public headers; the ones for actors also for CAF.
  found=$(mktemp)
  trap 'rm -f "$found"' EXIT
  for header in "$2"/include/zmqrt/{,actors/}*.hpp; do
    name=zmqrt/${header#*/include/zmqrt/}
    echo "#include <$name>" | "$CXX" -std=c++20 "${flags[@]}" -Wall -Wextra \
      -Wpedantic -Werror -I "$2/include" -x c++ -fsyntax-only -MD -MF "$found" -
    foreign='spdlog|fmt|nlohmann|CLI|sodium|liburing|zmq'
    [[ $name == zmqrt/actors* ]] || foreign+='|caf'
    others=$(tr ' ' '\n' <"$found" | grep -E "/($foreign)[/.]" || true)
    if [[ -n $others ]]; then
      printf '%s includes\n%s\n' "$name" "$others"
      exit 1
    fi
  done
  ;;
add_subdirectory)
  # As a static library, which nothing else builds; it is installed for the
  # tests of the static package.
  build_consumer "$3" -DZMQRT_SOURCE_DIR="$2" -DZMQRT_SHARED=OFF \
    -DZMQRT_INSTALL=ON "${@:5}"
  rm -rf "$4"
  cmake --install "$3/zmqrt" --prefix "$4"
  ;;
*)
  echo "package.sh: unknown part $1" >&2
  exit 2
  ;;
esac
