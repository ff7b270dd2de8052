// SPDX-License-Identifier: MPL-2.0
//
// libzmq's numbers of a context's options (zmq_ctx_set(3)). Pure.

#pragma once

#include <string>

namespace zmqrt::actors {

enum context_option_id : int {
  id_io_threads = 1,
  id_max_sockets = 2,
  id_socket_limit = 3,    // to get
  id_thread_priority = 3, // to set
  id_thread_sched_policy = 4,
  id_max_msgsz = 5,
  id_msg_t_size = 6,
  id_thread_affinity_cpu_add = 7,
  id_thread_affinity_cpu_remove = 8,
  id_thread_name_prefix = 9,
  id_zero_copy_recv = 10,
  id_ipv6 = 42,
  id_blocky = 70,
};

/// "io_threads", or "context option 4711" for an unknown number.
[[nodiscard]] std::string context_option_name(int number);

/// Whether it may change while there is a context: it is what sockets begin
/// with that are opened later, or how many there may be.
[[nodiscard]] constexpr bool changes_later(int number) noexcept {
  return number == id_max_sockets || number == id_max_msgsz
         || number == id_zero_copy_recv || number == id_ipv6
         || number == id_blocky;
}

} // namespace zmqrt::actors
