#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Proves libzmqrt <- transports <- actors: by what each folder includes, and
# by what the pure boxes leave undefined.
#
# layers.sh <source tree> <nm> <static library>...
set -euo pipefail
cd "$1"
nm=$2
shift 2
failed=0

# may_include <folder> <pattern of quoted> <pattern of angled that may not be>
may_include() {
  local folder=$1 quoted=$2 angled=$3 bad
  [[ -d $folder ]] || return 0
  bad=$({
    grep -rnE --include='*.[ch]pp' '^ *# *include *"' "$folder" |
      grep -vE "include *\"($quoted)" || true
    # The exceptions: the slab pool takes its memory from the system and tells
    # ASan of it, and one header is the door to libsodium.
    grep -rnE --include='*.[ch]pp' "^ *# *include *<($angled)" "$folder" |
      grep -v -e '^libzmqrt/message/slab_region.cpp:.*<sys/mman.h>' \
        -e '^libzmqrt/message/slab_poison.hpp:.*<sanitizer/asan_interface.h>' \
        -e '^libzmqrt/keys/sodium.hpp:.*<sodium.h>' || true
  })
  if [[ -n $bad ]]; then
    echo "$folder/ reaches beyond its layer:"
    echo "$bad"
    failed=1
  fi
}

core='zmqrt/|libzmqrt/(message|endpoint|keys|options)/'
# No operating system, no threads, no clock, no actors: a header with a slash
# or a .h is the system's or a library's.
impure='[^>]*[/.]|thread>|mutex>|shared_mutex>|condition_variable>|future>'
impure+='|semaphore>|latch>|barrier>|stop_token>|filesystem>|fstream>|iostream>'
library='caf/|spdlog/|fmt/'

may_include libzmqrt/include 'zmqrt/' "$impure"
for folder in message endpoint keys options; do
  may_include "libzmqrt/$folder" "$core" "$impure"
done
may_include libzmqrt/wire "$core|libzmqrt/wire/" "$impure"
may_include libzmqrt/patterns "$core|libzmqrt/patterns/" "$impure"
may_include libzmqrt/security "$core|libzmqrt/(wire|security)/" "$impure"
may_include transports "$core|transports/" "$library"
may_include actors/gate 'zmqrt/|libzmqrt/|actors/gate/' "$library"
may_include actors/handles 'zmqrt/|libzmqrt/|transports/|actors/' 'liburing'
# A public header may name only public headers: what else is not installed.
may_include actors/include 'zmqrt/' 'spdlog/|fmt/|liburing'

# The public headers of one storey live in that storey's folder.
for header in $(grep -rhoE '^#include "zmqrt/[^"]+' libzmqrt transports |
  cut -d'"' -f2 | sort -u); do
  if [[ -f actors/include/$header ]]; then
    echo "$header belongs to actors/, but a lower storey includes it"
    failed=1
  fi
done

if grep -rnE '_clock::now|random_device|this_thread' libzmqrt; then
  echo "libzmqrt/ takes time and randomness as arguments"
  failed=1
fi

calls='socket|socketpair|bind|connect|accept4?|listen|send(to|msg|mmsg)?'
calls+='|recv(from|msg|mmsg)?|readv?|writev?|p?select|p?poll|epoll_.*'
calls+='|io_uring_.*|open(at|64)?|close|shutdown|fcntl(64)?|ioctl|eventfd'
calls+='|timerfd_.*|signalfd|syscall|getaddrinfo|clock_.*|gettimeofday|time'
calls+='|nanosleep|usleep|sleep|sched_.*|pthread_.*|getrandom|arc4random.*'
things='caf::|spdlog::|fmt::|std::(thread|mutex|condition_variable|random_dev)'
things+='|std::(basic_)?[io]?fstream|zmqrt::(transports|actors)::'
# Of a clock only its reading: a time_point names its clock, and pure code
# takes those as arguments.
things+='|^std::chrono::_V2::[a-z_]+_clock::now\(\)'

# impure <what else>: those of the lines of stdin that pure code may not need
impure() {
  local status=0
  grep -E "^($calls)$|$things$1" || status=$?
  ((status <= 1)) # 1: none; more: grep itself failed
}

# The check itself: what it has to see, and what it must not take for that.
time_point='std::chrono::time_point<std::chrono::_V2::steady_clock, long>'
seen='clock_gettime
std::chrono::_V2::steady_clock::now()
std::thread::join()
vtable for caf::actor_system'
unseen="zmqrt::wire::heartbeat::tick($time_point)
zmqrt::wire::opened
std::_V2::generic_category()"
if [[ $(printf '%s\n' "$seen" "$unseen" | impure '') != "$seen" ]]; then
  echo "the check for impure symbols does not work"
  failed=1
fi

boxes=()
for archive in "$@"; do
  name=$(basename "$archive" .a)
  boxes+=("$name")
  above=
  case $name in
    libzmqrt_core) above='|zmqrt::(wire|security|patterns)::' ;;
    libzmqrt_wire) above='|zmqrt::(security|patterns)::' ;;
    libzmqrt_security) above='|zmqrt::patterns::' ;;
    libzmqrt_patterns) above='|zmqrt::(wire|security)::' ;;
  esac
  # An archive without our code proves nothing.
  if ! grep -q ' T zmqrt::' < <("$nm" --defined-only --demangle "$archive"); then
    echo "$archive holds nothing of zmqrt"
    failed=1
  fi
  undefined=$("$nm" --undefined-only --demangle "$archive" |
    sed -nE 's/^ +U (.*)$/\1/p' | sed -E 's/@.*//' | sort -u)
  bad=$(impure "$above" <<<"$undefined")
  if [[ -n $bad ]]; then
    echo "$name is not pure; it needs:"
    echo "$bad"
    failed=1
  fi
done
all='libzmqrt_core libzmqrt_wire libzmqrt_security libzmqrt_patterns'
if [[ ${boxes[*]} != "$all" ]]; then
  echo "not the pure boxes: ${boxes[*]}"
  failed=1
fi

exit "$failed"
