// SPDX-License-Identifier: MPL-2.0
//
// What a context's options and AFFINITY do, seen from within an I/O thread:
// the last copy of a frame that was sent goes there, and calls its free
// function.

#include <array>
#include <future>
#include <limits>
#include <set>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

namespace {

/// What the thread says of itself that lets go of a frame.
struct sighting {
  std::string name;
  int policy = -1;
  std::set<int> cpus;
  std::promise<void> done;

  static void see(void*, void* hint) {
    auto& self = *static_cast<sighting*>(hint);
    std::array<char, 16> text{};
    pthread_getname_np(pthread_self(), text.data(), text.size());
    self.name = text.data();
    self.policy = sched_getscheduler(0);
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(static_cast<unsigned>(cpu), &set))
        self.cpus.insert(cpu);
    self.done.set_value();
  }
};

context make(const place& where, context_options options) {
  options.backend = where.backend;
  options.linger = milliseconds{0};
  options.thread_name_prefix = "here";
  return context{options};
}

/// A context, and the PULLs of another one.
struct two_contexts {
  two_contexts(const place& where, const context_options& options)
    : there(where), here(make(where, options)) {
  }

  /// Has a socket send a large frame, and looks at the thread that writes it.
  /// That is after the send, which has a copy of its own until it returns:
  /// nobody listens before.
  sighting look(std::uint64_t affinity = 0) {
    sighting seen;
    std::string body(100'000, 'x');
    auto push = here.socket(socket_type::push);
    push.set(option::affinity, affinity);
    push.set(option::reconnect_ivl, milliseconds{1});
    const auto endpoint = there.vacant();
    push.connect(endpoint);
    push.send(
      message{frame::adopt(body.data(), body.size(), &sighting::see, &seen)});
    auto pull = there.pull();
    pull.bind(endpoint);
    REQUIRE(pull.recv()[0].size() == body.size());
    seen.done.get_future().wait();
    return seen;
  }

  scene there;
  context here;
};

std::set<int> own_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::set<int> all;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set))
      all.insert(cpu);
  return all;
}

error refused(const context_options& options) {
  try {
    const context ctx{options};
  } catch (const error& thrown) {
    return thrown;
  }
  FAIL("nothing was thrown");
  return error{errc::again};
}

} // namespace

// -- AFFINITY -----------------------------------------------------------------

TEST_CASE("affinity: an I/O thread of the mask serves the socket") {
  ON_EVERY(where, wires());
  context_options options;
  options.io_threads = 3;
  two_contexts both{where, options};
  for (const unsigned thread : {2U, 0U, 1U, 1U}) {
    INFO(thread);
    REQUIRE(both.look(std::uint64_t{1} << thread).name
            == "here/io-" + std::to_string(thread));
  }
  // Bits beyond the threads there are do not count.
  REQUIRE(both.look((std::uint64_t{1} << 63) | 2).name == "here/io-1");
}

TEST_CASE("affinity: those of the mask in turn, and all where there is none") {
  ON_EVERY(where, over_tcp());
  context_options options;
  options.io_threads = 3;
  two_contexts both{where, options};
  const auto threads_of = [&](std::uint64_t mask, int sockets) {
    std::set<std::string> names;
    for (int i = 0; i < sockets; ++i)
      names.insert(both.look(mask).name);
    return names;
  };
  REQUIRE(threads_of(5, 2) == std::set<std::string>{"here/io-0", "here/io-2"});
  REQUIRE(threads_of(0, 3).size() == 3);
}

TEST_CASE("affinity: a mask that names no thread is refused by the endpoint") {
  ON_EVERY(where, places());
  scene it{where};
  auto some = it.pair();
  some.set(option::affinity, 2U); // there is one thread
  REQUIRE(code_of([&] { some.bind(it.fresh()); }) == errc::no_io_thread);
  REQUIRE(code_of([&] { some.connect(it.vacant()); }) == errc::no_io_thread);
  // Nothing has been chosen yet.
  some.set(option::affinity, 3U);
  some.bind(it.fresh());
  REQUIRE(code_of([&] { some.set(option::affinity, 1U); })
          == errc::invalid_argument);
  REQUIRE(some.get(option::affinity) == 3);
}

TEST_CASE("affinity: too late after a bind that failed, as it has chosen") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto some = it.push();
  REQUIRE(code_of([&] { some.bind("tcp://nowhere"); })
          == errc::invalid_argument);
  REQUIRE(code_of([&] { some.set(option::affinity, 1U); })
          == errc::invalid_argument);
  some.set(option::conflate, true); // that is not
}

// -- sockets that never had an endpoint ---------------------------------------

TEST_CASE("contexts: a socket without an endpoint ends like any other") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto one = it.pair();
  auto told = one.monitor();
  REQUIRE(one.close_for(patience));
  expect(told, event_kind::monitor_stopped);
  auto dropped = it.pair().monitor();
  expect(dropped, event_kind::monitor_stopped);

  auto two = it.pair();
  auto told_by_term = two.monitor();
  it.ctx.term();
  expect(told_by_term, event_kind::monitor_stopped);
  REQUIRE(it.ctx.unfinished().empty());
  REQUIRE(code_of([&] { two.bind(it.fresh()); }) == errc::terminated);
  REQUIRE(code_of([&] { (void)two.recv(); }) == errc::terminated);
}

TEST_CASE("contexts: a shut down one gives no socket a first endpoint") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto one = it.pair();
  it.ctx.shutdown();
  REQUIRE(code_of([&] { one.bind(it.fresh()); }) == errc::terminated);
}

// -- threads ------------------------------------------------------------------

TEST_CASE("contexts: I/O threads run by the policy, and on the CPUs, of it") {
  ON_EVERY(where, over_tcp());
  const int cpu = *own_cpus().rbegin();
  context_options options;
  options.io_threads = 2;
  options.thread_sched_policy = SCHED_BATCH;
  options.thread_affinity_cpus = {cpu};
  two_contexts both{where, options};
  for (const std::uint64_t mask : {1U, 2U}) {
    const auto seen = both.look(mask);
    REQUIRE(seen.policy == SCHED_BATCH);
    REQUIRE(seen.cpus == std::set<int>{cpu});
  }
}

TEST_CASE("contexts: without a word the threads are as their maker") {
  ON_EVERY(where, over_tcp());
  two_contexts both{where, {}};
  const auto seen = both.look();
  REQUIRE(seen.policy == sched_getscheduler(0));
  REQUIRE(seen.cpus == own_cpus());
}

TEST_CASE("contexts: policies, priorities and CPUs that cannot be") {
  const auto subject_of = [](auto change) {
    context_options options;
    change(options);
    const error thrown = refused(options);
    REQUIRE(thrown.code() == errc::invalid_argument);
    return thrown.subject();
  };
  for (const int policy : {-2, 4, 6, 7, 1000})
    REQUIRE(
      subject_of([&](context_options& in) { in.thread_sched_policy = policy; })
      == "thread_sched_policy");
  for (const int priority : {-2, 0, 1})
    REQUIRE(
      subject_of([&](context_options& in) { in.thread_priority = priority; })
      == "thread_priority");
  for (const int priority : {0, 100})
    REQUIRE(subject_of([&](context_options& in) {
              in.thread_sched_policy = SCHED_FIFO;
              in.thread_priority = priority;
            })
            == "thread_priority");
  const auto beyond = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  for (const int cpu : {-1, beyond, std::numeric_limits<int>::max()})
    REQUIRE(subject_of([&](context_options& in) {
              in.thread_affinity_cpus = {0, cpu};
            })
            == "thread_affinity_cpus");
  REQUIRE(subject_of([](context_options& in) { in.max_msgsz = -1; })
          == "max_msgsz");
}

// -- messages -----------------------------------------------------------------

TEST_CASE("contexts: MAX_MSGSZ bounds what is sent, in all frames together") {
  ON_EVERY(where, places());
  scene it{where};
  it.ctx.set_raw(5, 10); // ZMQ_MAX_MSGSZ, for sockets from now on
  auto pull = it.pull();
  auto push = it.push_to(pull);
  REQUIRE(code_of([&] { push.send("12345678901"); }) == errc::message_too_long);
  message parts{"12345", "678901"};
  REQUIRE(code_of([&] { push.send(parts); }) == errc::message_too_long);
  push.send("1234567890");
  push.send(message{"12345", "67890"});
  REQUIRE(pull.recv().str() == "1234567890");
  REQUIRE(pull.recv().bytes() == 10);
}

TEST_CASE("contexts: without ZERO_COPY_RECV nobody else has the bytes") {
  ON_EVERY(where, places_of({"inproc"}));
  const bool zero_copy = GENERATE(true, false);
  scene it{where};
  it.ctx.set_raw(10, zero_copy ? 1 : 0); // ZMQ_ZERO_COPY_RECV
  auto pull = it.pull();
  auto push = it.push_to(pull);
  const message sent{std::string(100'000, 'x')};
  push.send(sent);
  const message got = pull.recv();
  REQUIRE(got.str() == sent.str());
  REQUIRE((got[0].data() == sent[0].data()) == zero_copy);
}

// -- by number ----------------------------------------------------------------

TEST_CASE("contexts: by number, while there are sockets and for later ones") {
  ON_EVERY(where, over_tcp());
  scene it{where, infinite};
  const auto before = it.pull();
  it.ctx.set_raw(70, 0); // ZMQ_BLOCKY
  it.ctx.set_raw(42, 1); // ZMQ_IPV6
  it.ctx.set_raw(2, 2);  // ZMQ_MAX_SOCKETS
  const auto after = it.pull();
  REQUIRE(before.get(option::linger) == infinite);
  REQUIRE_FALSE(before.get(option::ipv6));
  REQUIRE(after.get(option::linger) == milliseconds{0});
  REQUIRE(after.get(option::ipv6));
  REQUIRE(code_of([&] { (void)it.pull(); }) == errc::too_many_open);
  REQUIRE(it.ctx.get_raw(70) == 0);
  REQUIRE(it.ctx.get_raw(42) == 1);
  REQUIRE(it.ctx.get_raw(2) == 2);
  REQUIRE(it.ctx.options().max_sockets == 2);
}

TEST_CASE("contexts: what threads are made by is too late, and named") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  for (const int number : {1, 3, 4, 7, 9}) {
    INFO(number);
    try {
      it.ctx.set_raw(number, 1);
      FAIL("nothing was thrown");
    } catch (const error& thrown) {
      REQUIRE(thrown.code() == errc::invalid_argument);
      REQUIRE(std::string{thrown.what()}.find("before the context is made")
              != std::string::npos);
    }
  }
  REQUIRE(it.ctx.get_raw(1) == 1);
  it.ctx.term();
  REQUIRE(code_of([&] { it.ctx.set_raw(2, 5); }) == errc::terminated);
}

} // namespace zmqrt::test
