// SPDX-License-Identifier: MPL-2.0
//
// The raw door to a context's options: libzmq's numbers (zmq_ctx_set(3),
// zmq_ctx_get(3)). Pure.

#include "actors/context/context_numbers.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "zmqrt/context_options.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

using namespace actors;

constexpr int least_int = std::numeric_limits<int>::min();
constexpr int most_int = std::numeric_limits<int>::max();

struct entry {
  int number;
  const char* name;
  int least;
  int most;
};

constexpr std::array table{
  entry{id_io_threads, "io_threads", 1, most_int},
  entry{id_max_sockets, "max_sockets", 1, most_int},
  entry{id_thread_priority, "thread_priority", 0, most_int},
  entry{id_thread_sched_policy, "thread_sched_policy", 0, most_int},
  entry{id_max_msgsz, "max_msgsz", 0, most_int},
  entry{id_thread_affinity_cpu_add, "thread_affinity_cpu_add", 0, most_int},
  entry{id_thread_affinity_cpu_remove, "thread_affinity_cpu_remove", 0,
        most_int},
  entry{id_thread_name_prefix, "thread_name_prefix", least_int, most_int},
  entry{id_zero_copy_recv, "zero_copy_recv", 0, 1},
  entry{id_ipv6, "ipv6", 0, 1},
  entry{id_blocky, "blocky", 0, 1},
};

[[noreturn]] void refuse(int number, std::string_view rule) {
  throw error{errc::invalid_argument, context_option_name(number), rule};
}

void check(int number, int value) {
  if (number == id_msg_t_size)
    refuse(number, "is read-only");
  for (const entry& each : table) {
    if (each.number != number)
      continue;
    if (value >= each.least && value <= each.most)
      return;
    const auto end =
      each.most == most_int ? " or more" : " to " + std::to_string(each.most);
    refuse(number, "must be " + std::to_string(each.least) + end + ", not "
                     + std::to_string(value));
  }
  refuse(number, "there is no option of this number");
}

void drop_cpu(context_options& in, int cpu) {
  if (in.thread_affinity_cpus.erase(cpu) == 0)
    refuse(id_thread_affinity_cpu_remove,
           "CPU " + std::to_string(cpu) + " was not added");
}

/// libzmq's atoi(), without what that leaves undefined.
int number_in(const std::string& text) noexcept {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

} // namespace

void set_raw(context_options& in, int number, int value) {
  check(number, value);
  switch (number) {
  case id_io_threads:
    in.io_threads = value;
    break;
  case id_max_sockets:
    in.max_sockets = value;
    break;
  case id_thread_priority:
    in.thread_priority = value;
    break;
  case id_thread_sched_policy:
    in.thread_sched_policy = value;
    break;
  case id_max_msgsz:
    in.max_msgsz = value;
    break;
  case id_thread_affinity_cpu_add:
    in.thread_affinity_cpus.insert(value);
    break;
  case id_thread_affinity_cpu_remove:
    drop_cpu(in, value);
    break;
  case id_thread_name_prefix:
    in.thread_name_prefix = std::to_string(value);
    break;
  case id_zero_copy_recv:
    in.zero_copy_recv = value == 1;
    break;
  case id_ipv6:
    in.ipv6 = value == 1;
    break;
  case id_blocky:
    in.linger = value == 1 ? infinite : std::chrono::milliseconds::zero();
    break;
  }
}

void set_raw(context_options& in, int number, std::string_view value) {
  if (number != id_thread_name_prefix)
    refuse(number, "is no text");
  constexpr std::size_t longest = 16;
  if (value.empty() || value.size() > longest)
    refuse(number,
           "must be 1 to 16 bytes long, not " + std::to_string(value.size()));
  if (value.find('\0') != value.npos)
    refuse(number, "must not contain a zero byte");
  in.thread_name_prefix = value;
}

int get_raw(const context_options& from, int number) {
  constexpr int message_size = 64; // a zmq_msg_t's, of every libzmq 4
  switch (number) {
  case id_io_threads:
    return from.io_threads;
  case id_max_sockets:
    return from.max_sockets;
  case id_socket_limit:
    return most_int; // what MAX_SOCKETS may be
  case id_thread_sched_policy:
    return from.thread_sched_policy;
  case id_max_msgsz:
    return from.max_msgsz;
  case id_msg_t_size:
    return message_size;
  case id_thread_name_prefix:
    return number_in(from.thread_name_prefix);
  case id_zero_copy_recv:
    return from.zero_copy_recv ? 1 : 0;
  case id_ipv6:
    return from.ipv6 ? 1 : 0;
  case id_blocky:
    return from.linger == std::chrono::milliseconds::zero() ? 0 : 1;
  case id_thread_affinity_cpu_add:
  case id_thread_affinity_cpu_remove:
    refuse(number, "can be set only");
  default:
    refuse(number, "there is no option of this number");
  }
}

namespace actors {

std::string context_option_name(int number) {
  for (const entry& each : table)
    if (each.number == number)
      return each.name;
  return number == id_msg_t_size ? "msg_t_size"
                                 : "context option " + std::to_string(number);
}

} // namespace actors

} // namespace zmqrt
