// SPDX-License-Identifier: MPL-2.0
//
// A context's options by libzmq's numbers, every one: what is set is what is
// got, and what breaks a rule is named and changes nothing.

#include <limits>
#include <string>

#include "tests/support/catch.hpp"
#include "zmqrt/zmqrt.hpp"

using namespace zmqrt;

namespace {

constexpr int most_int = std::numeric_limits<int>::max();

/// The numbers of zmq.h.
enum number : int {
  io_threads = 1,
  max_sockets = 2,
  socket_limit = 3,
  thread_priority = 3,
  thread_sched_policy = 4,
  max_msgsz = 5,
  msg_t_size = 6,
  cpu_add = 7,
  cpu_remove = 8,
  thread_name_prefix = 9,
  zero_copy_recv = 10,
  ipv6 = 42,
  blocky = 70,
};

template <class Verb>
std::string refusal(Verb&& verb) {
  try {
    verb();
  } catch (const error& thrown) {
    REQUIRE(thrown.code() == errc::invalid_argument);
    return thrown.what();
  }
  FAIL("nothing was thrown");
  return {};
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a context's options by number: what is set is what is got") {
  context_options in;
  for (const auto& [id, value] : {std::pair<int, int>{io_threads, 3},
                                  {max_sockets, 7},
                                  {thread_sched_policy, 3},
                                  {max_msgsz, 0},
                                  {max_msgsz, 12},
                                  {thread_name_prefix, -1},
                                  {thread_name_prefix, 88},
                                  {zero_copy_recv, 0},
                                  {zero_copy_recv, 1},
                                  {ipv6, 1},
                                  {ipv6, 0},
                                  {blocky, 0},
                                  {blocky, 1}}) {
    INFO(id);
    set_raw(in, id, value);
    REQUIRE(get_raw(in, id) == value);
  }
  REQUIRE(in.io_threads == 3);
  REQUIRE(in.max_sockets == 7);
  REQUIRE(in.max_msgsz == 12);
  REQUIRE(in.thread_name_prefix == "88");
  REQUIRE(in.linger == infinite);
  set_raw(in, thread_priority, 9);
  REQUIRE(in.thread_priority == 9);
  set_raw(in, thread_name_prefix, std::string_view{"a prefix"});
  REQUIRE(in.thread_name_prefix == "a prefix");
  REQUIRE(get_raw(in, thread_name_prefix) == 0);
}

TEST_CASE("a context's CPUs are added and removed one by one") {
  context_options in;
  set_raw(in, cpu_add, 0);
  set_raw(in, cpu_add, 5);
  set_raw(in, cpu_add, 5);
  REQUIRE(in.thread_affinity_cpus == std::set<int>{0, 5});
  set_raw(in, cpu_remove, 0);
  REQUIRE(in.thread_affinity_cpus == std::set<int>{5});
  REQUIRE(
    says(refusal([&] { set_raw(in, cpu_remove, 0); }), "CPU 0 was not added"));
  for (const int id : {cpu_add, cpu_remove})
    REQUIRE(says(refusal([&] { (void)get_raw(in, id); }), "can be set only"));
}

TEST_CASE("a context's options that can be got only") {
  const context_options in;
  REQUIRE(get_raw(in, socket_limit) == most_int);
  REQUIRE(get_raw(in, msg_t_size) == 64);
  context_options other;
  REQUIRE(says(refusal([&] { set_raw(other, msg_t_size, 64); }), "msg_t_size"));
}

TEST_CASE("a context's options by number: abuse is named") {
  context_options in;
  for (const int id : {io_threads, max_sockets})
    REQUIRE(
      says(refusal([&] { set_raw(in, id, 0); }), "must be 1 or more, not 0"));
  for (const int id :
       {thread_priority, thread_sched_policy, max_msgsz, cpu_add, cpu_remove})
    REQUIRE(
      says(refusal([&] { set_raw(in, id, -1); }), "must be 0 or more, not -1"));
  for (const int id : {zero_copy_recv, ipv6, blocky})
    for (const int value : {-1, 2})
      REQUIRE(says(refusal([&] { set_raw(in, id, value); }),
                   "must be 0 to 1, not " + std::to_string(value)));
  for (const int id : {-1, 0, 11, 41, 43, 69, 71, 10000, most_int}) {
    const auto name = "context option " + std::to_string(id);
    REQUIRE(says(refusal([&] { set_raw(in, id, 1); }), name));
    REQUIRE(says(refusal([&] { (void)get_raw(in, id); }), name));
  }
  const auto text = [&](int id, std::string_view value) {
    return refusal([&] { set_raw(in, id, value); });
  };
  REQUIRE(says(text(io_threads, "3"), "is no text"));
  REQUIRE(says(text(thread_name_prefix, ""), "1 to 16 bytes long, not 0"));
  REQUIRE(says(text(thread_name_prefix, "seventeen bytes .."), "not 18"));
  using namespace std::string_view_literals;
  REQUIRE(says(text(thread_name_prefix, "a\0b"sv), "a zero byte"));
  const context_options fresh;
  for (const int id : {io_threads, max_sockets, thread_sched_policy, max_msgsz,
                       zero_copy_recv, ipv6, blocky})
    REQUIRE(get_raw(in, id) == get_raw(fresh, id));
  REQUIRE(in.thread_affinity_cpus.empty());
  REQUIRE(in.thread_name_prefix == fresh.thread_name_prefix);
}
