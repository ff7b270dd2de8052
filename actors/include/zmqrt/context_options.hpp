// SPDX-License-Identifier: MPL-2.0
//
// The options of a context: fields, to be set before it is made, and the same
// by libzmq's numbers (zmq_ctx_set(3), zmq_ctx_get(3)).

#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "zmqrt/export.hpp"
#include "zmqrt/option.hpp"

namespace zmqrt {

/// What I/O runs on.
enum class io_backend : std::uint8_t { automatic, io_uring, epoll };

struct context_options {
  /// Reactors, each with a thread of its own (IO_THREADS). At least 1.
  int io_threads = 1;
  /// Open sockets at most (MAX_SOCKETS).
  int max_sockets = 1023;
  /// LINGER of the context's sockets, unless they set their own.
  std::chrono::milliseconds linger = infinite;
  /// IPV6 of the context's sockets, unless they set their own.
  bool ipv6 = false;
  /// automatic: io_uring where the kernel grants a ring, else epoll.
  io_backend backend = io_backend::automatic;
  /// Threads are called PREFIX/io-N (THREAD_NAME_PREFIX).
  std::string thread_name_prefix = "zmqrt";
  /// SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH or SCHED_IDLE (sched(7)) of
  /// the I/O threads (THREAD_SCHED_POLICY); -1: as of the thread that makes the
  /// context.
  int thread_sched_policy = -1;
  /// Goes with SCHED_FIFO and SCHED_RR alone (THREAD_PRIORITY); -1: their
  /// least.
  int thread_priority = -1;
  /// The CPUs that the I/O threads may run on (THREAD_AFFINITY_CPU_ADD,
  /// _REMOVE); none: those of the thread that makes the context.
  std::set<int> thread_affinity_cpus{};
  /// Bytes of a message that is sent, at most (MAX_MSGSZ); sending a longer one
  /// is message_too_long. The default: no limit.
  int max_msgsz = std::numeric_limits<int>::max();
  /// false: what is received has its bytes for itself, at the price of a copy,
  /// and never keeps the rest of what came with it in memory (ZERO_COPY_RECV).
  bool zero_copy_recv = true;
};

/// By libzmq's number, ZMQ_IO_THREADS and so on; BLOCKY is `linger`, 0 or
/// infinite. Throws error (invalid_argument), which names option and rule: an
/// unknown number, a value out of range, a read-only option.
ZMQRT_EXPORT void set_raw(context_options& in, int number, int value);
/// The same for THREAD_NAME_PREFIX as a text, of 1 to 16 bytes.
ZMQRT_EXPORT void set_raw(context_options& in, int number,
                          std::string_view value);
/// Number 3 is SOCKET_LIMIT here and THREAD_PRIORITY there, as in libzmq. A
/// THREAD_NAME_PREFIX that is no number is 0. Throws error (invalid_argument):
/// an unknown number, or one that can be set only.
[[nodiscard]] ZMQRT_EXPORT int get_raw(const context_options& from, int number);

} // namespace zmqrt
