// SPDX-License-Identifier: MPL-2.0
//
// The process around the sockets: forks, signals, and doing nothing at all.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <thread>

#include <pthread.h>
#include <sys/wait.h>

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/support/child_status.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

// -- fork ---------------------------------------------------------------------

TEST_CASE("process: a child that ends does not disturb its parent") {
  ON_EVERY(where, places());
  std::optional<scene> it{std::in_place, where, infinite};
  auto pull = it->pull();
  auto events = pull.monitor();
  const auto endpoint = pull.bind(it->fresh());
  auto push = it->push_to(endpoint);
  require_passes(push, pull, "before");
  std::atomic<bool> more{true};
  auto traffic = std::async(std::launch::async, [&, push]() mutable {
    std::size_t sent = 0;
    for (; more; ++sent)
      push.send(numbered(sent));
    push.send("over");
    return sent;
  });
  // Forked at any moment of the traffic, reactors at work.
  for (int i = 0; i < 10; ++i) {
    REQUIRE(status_of_child([&] {
              pull = socket{};
              push = socket{};
              it->ctx.~context();
            })
            == 0);
  }
  more = false;
  std::size_t got = 0;
  for (auto next = pull.recv().str(); next != "over"; next = pull.recv().str())
    REQUIRE(next == numbered(got++));
  REQUIRE(traffic.get() == got);
  if (where.transport == "ipc")
    REQUIRE(std::filesystem::exists(endpoint.substr(6)));
  auto late = it->push_to(endpoint);
  require_passes(late, pull, "after");
  while (const auto seen = events.try_recv())
    REQUIRE(seen->kind != event_kind::disconnected);
  REQUIRE(it->ctx.term_for(patience));
}

// -- signals ------------------------------------------------------------------

namespace {

std::atomic<int> signals_heard{0};

extern "C" void count_signal(int) {
  ++signals_heard;
}

/// SIGUSR1 is counted, and interrupts system calls.
struct counted_signal {
  counted_signal() {
    signals_heard = 0;
    struct sigaction action {};
    action.sa_handler = count_signal;
    ::sigaction(SIGUSR1, &action, &before_);
  }
  ~counted_signal() {
    ::sigaction(SIGUSR1, &before_, nullptr);
  }
  counted_signal(const counted_signal&) = delete;
  counted_signal& operator=(const counted_signal&) = delete;

  /// `count` of them, each heard before the next.
  static void hit(pthread_t whom, int count) {
    for (int i = 0; i < count; ++i) {
      const int heard = signals_heard;
      REQUIRE(::pthread_kill(whom, SIGUSR1) == 0);
      eventually_is([] { return signals_heard.load(); }, heard + 1);
    }
  }

private:
  struct sigaction before_ {};
};

} // namespace

TEST_CASE("process: signals do not break waiting verbs") {
  ON_EVERY(where, places());
  const counted_signal in_place;
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = it.vacant();
  auto push = it.push_to(endpoint, hwm{1});
  push.send("fills it");
  std::promise<pthread_t> waiting;
  auto sender = std::async(std::launch::async, [&] {
    waiting.set_value(::pthread_self());
    push.send("the second");
  });
  counted_signal::hit(waiting.get_future().get(), 100);
  waiting = {};
  auto receiver = std::async(std::launch::async, [&] {
    waiting.set_value(::pthread_self());
    return pull.recv().str();
  });
  counted_signal::hit(waiting.get_future().get(), 100);
  REQUIRE(sender.wait_for(milliseconds{0}) == std::future_status::timeout);
  REQUIRE(receiver.wait_for(milliseconds{0}) == std::future_status::timeout);
  pull.bind(endpoint);
  REQUIRE(receiver.get() == "fills it");
  sender.get();
  REQUIRE(pull.recv().str() == "the second");
}

TEST_CASE("process: no thread of ours takes a signal") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  const auto before = other_threads();
  context_options options;
  options.backend = backend;
  options.io_threads = 2;
  context ctx{options};
  REQUIRE(ctx.backend() == name_of(backend));
  auto pull = ctx.socket(socket_type::pull);
  pull.bind("tcp://127.0.0.1:*"); // all threads are under way
  constexpr auto bit = [](int number) {
    return std::uint64_t{1} << (number - 1);
  };
  std::size_t ours = 0;
  for (const auto& [id, thread] : other_threads()) {
    if (before.contains(id))
      continue;
    ++ours;
    INFO("thread " << thread.name);
    for (const int number :
         {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGPIPE})
      REQUIRE((thread.blocked_signals & bit(number)) != 0);
  }
  REQUIRE(ours >= 2);
}

// -- nothing to do ------------------------------------------------------------

TEST_CASE("process: idle sockets use no processor") {
  ON_EVERY(where, places());
  const auto before = other_threads();
  scene it{where, milliseconds{0}, 2};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  std::vector<socket> pushes;
  for (int i = 0; i < 10; ++i) {
    pushes.push_back(it.push_to(endpoint));
    require_passes(pushes.back(), pull, "x");
  }
  // A pending connect that is not to be tried again is idle, too.
  auto waiting = it.push();
  waiting.set(option::reconnect_ivl, infinite);
  waiting.connect(it.vacant());
  REQUIRE_FALSE(pull.recv_for(milliseconds{200})); // to rest
  const auto begin = other_threads();
  REQUIRE_FALSE(pull.recv_for(milliseconds{500}));
  for (const auto& [id, thread] : other_threads()) {
    if (before.contains(id))
      continue;
    INFO("thread " << thread.name);
    // Polling, however seldom, would show.
    REQUIRE(thread.switches - begin.at(id).switches <= 1);
  }
}

} // namespace zmqrt::test
