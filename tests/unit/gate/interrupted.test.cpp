// SPDX-License-Identifier: MPL-2.0
//
// Waits that a signal ends, where they are asked to, and those that go on. A
// thread is sent signals until it answers: no moment has to be met.

#include <csignal>
#include <thread>

#include <pthread.h>

#include "actors/gate/draft.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

/// SIGUSR1 is handled while this lives.
class handler {
public:
  explicit handler(int flags) {
    struct sigaction how = {};
    how.sa_handler = [](int) {};
    how.sa_flags = flags;
    REQUIRE(::sigaction(SIGUSR1, &how, &before_) == 0);
  }
  ~handler() {
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

private:
  struct sigaction before_ = {};
};

/// Signals `body` until it has answered.
template <class Body>
std::error_code disturbed(Body body) {
  std::error_code why;
  std::atomic<bool> over{false};
  std::thread waiting([&] {
    why = body();
    over = true;
  });
  const auto thread = waiting.native_handle();
  eventually_is(
    [&] {
      if (!over)
        ::pthread_kill(thread, SIGUSR1);
      return over.load();
    },
    true);
  waiting.join();
  return why;
}

patience interruptible(std::int64_t ns) {
  return {ns, true};
}

constexpr std::int64_t an_hour_ns = 3'600'000'000'000;

} // namespace

TEST_CASE("a signal ends a wait that is interruptible") {
  // A handler that restarts calls ends it, too, as it ends poll(2).
  const handler any{GENERATE(0, SA_RESTART)};
  const auto limit = interruptible(GENERATE(patience::forever_ns, an_hour_ns));
  const auto pair = make_gate(socket_type::pair);
  CHECK(disturbed([&] {
          message next;
          return pair->recv(next, limit);
        })
        == errc::interrupted);
  CHECK(disturbed([&] { return pair->send(message{"x"}, limit); })
        == errc::interrupted);
  gate::draft parts;
  CHECK(disturbed([&] { return pair->open(parts, frame{"x"}, limit); })
        == errc::interrupted);
  CHECK_FALSE(parts.is_open());
}

TEST_CASE("what is interruptible still runs out of time") {
  const auto pair = make_gate(socket_type::pair);
  message next;
  CHECK(pair->recv(next, interruptible(1'000'000)) == errc::again);
}

TEST_CASE("an interrupted wait loses no message") {
  const handler any{0};
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  constexpr int rounds = 2000;
  std::atomic<int> got{0};
  std::atomic<int> over{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      message next;
      while (got < rounds) {
        const auto why = pull->recv(next, interruptible(patience::forever_ns));
        got += why ? 0 : 1;
      }
      ++over;
    });
  for (int i = 0; i < rounds; ++i) {
    batch one = batch_of({"x"});
    REQUIRE(pull->deliver(pipe, one));
    ::pthread_kill(readers[0].native_handle(), SIGUSR1);
    eventually_is([&] { return got.load(); }, i + 1);
  }
  eventually_is(
    [&] {
      for (auto& each : readers)
        ::pthread_kill(each.native_handle(), SIGUSR1);
      return over.load();
    },
    2);
  for (auto& each : readers)
    each.join();
  CHECK(got == rounds);
}
