// SPDX-License-Identifier: MPL-2.0
//
// The process around the sockets: signals, forks, exits, and doing nothing at
// all.

#include "tests/support/process.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include <pthread.h>
#include <sys/wait.h>

#include "tests/actors/proc.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/child_status.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/sanitized.hpp"

namespace zmqrt::test {

// -- signals ------------------------------------------------------------------

namespace {

/// SIGUSR1 does nothing, but that it comes.
class harmless_signal {
public:
  explicit harmless_signal(int flags) {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = flags;
    ::sigaction(SIGUSR1, &action, &before_);
  }
  ~harmless_signal() {
    ::sigaction(SIGUSR1, &before_, nullptr);
  }
  harmless_signal(const harmless_signal&) = delete;
  harmless_signal& operator=(const harmless_signal&) = delete;

private:
  struct sigaction before_ {};
};

/// What a call answers on a thread that signals come to until it does.
int errno_under_signals(const std::function<int()>& call) {
  std::promise<pthread_t> inside;
  std::atomic<bool> answered{false};
  auto why = std::async(std::launch::async, [&] {
    inside.set_value(::pthread_self());
    const int got = errno_of(call());
    answered = true;
    // It stays until nobody sends signals any more.
    eventually_is([&] { return answered.load(); }, false);
    return got;
  });
  const pthread_t thread = inside.get_future().get();
  while (!answered) {
    REQUIRE(::pthread_kill(thread, SIGUSR1) == 0);
    std::this_thread::yield();
  }
  answered = false;
  return why.get();
}

} // namespace

TEST_CASE("process: a signal ends a blocked receive with EINTR") {
  OVER_ALL(transport);
  const harmless_signal in_place{GENERATE(0, SA_RESTART)};
  const bool timed = GENERATE(false, true);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  pull.set(ZMQ_RCVTIMEO, timed ? patience_ms : -1);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  require_passes(push, pull, "before");
  CHECK(errno_under_signals([&] { return zmq_recv(pull.get(), nullptr, 0, 0); })
        == EINTR);
  msg into;
  CHECK(
    errno_under_signals([&] { return zmq_msg_recv(into.get(), pull.get(), 0); })
    == EINTR);
  require_passes(push, pull, "after");
}

TEST_CASE("process: a signal ends a blocked send with EINTR") {
  OVER_ALL(transport);
  const harmless_signal in_place{GENERATE(0, SA_RESTART)};
  const int flags = GENERATE(0, ZMQ_SNDMORE);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH, 1);
  push.set(ZMQ_SNDTIMEO, -1);
  push.connect(endpoint);
  push.send("fills it");
  CHECK(
    errno_under_signals([&] { return zmq_send(push.get(), "never", 5, flags); })
    == EINTR);
  auto pull = it.open(ZMQ_PULL);
  pull.bind(endpoint);
  push.send("after"); // and no part of another message
  CHECK(pull.recv() == "fills it");
  CHECK(pull.recv_parts() == parts{"after"});
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("process: a signal ends zmq_poll with EINTR") {
  OVER_ALL(transport);
  const harmless_signal in_place{GENERATE(0, SA_RESTART)};
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  pull.bind(it.fresh());
  CHECK(errno_under_signals([&] {
          zmq_pollitem_t item{pull.get(), 0, ZMQ_POLLIN, 0};
          return zmq_poll(&item, 1, -1);
        })
        == EINTR);
}

TEST_CASE("process: a signal ends zmq_ctx_term, which goes on when called") {
  OVER_WIRES(transport);
  const harmless_signal in_place{GENERATE(0, SA_RESTART)};
  const bool closed = GENERATE(false, true);
  CAPTURE(closed);
  scene there{transport};
  scene it{transport};
  const auto endpoint = there.vacant();
  auto push = it.open_lingering(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.connect(endpoint);
  push.send("lingers");
  // Either a close or the lingering is waited for.
  void* const handle = push.release();
  if (closed)
    checked(zmq_close(handle), "zmq_close");
  void* const ctx = it.ctx.release();
  for (int i = 0; i < 2; ++i)
    CHECK(errno_under_signals([&] { return zmq_ctx_term(ctx); }) == EINTR);
  if (!closed)
    checked(zmq_close(handle), "zmq_close");
  auto pull = there.open(ZMQ_PULL);
  pull.bind(endpoint);
  CHECK(pull.recv() == "lingers");
  CHECK(zmq_ctx_term(ctx) == 0);
}

namespace {

/// Threads beside `known`, and the caller, that a signal might be delivered to.
std::vector<std::string>
threads_with_signals(const std::map<std::string, thread_status>& known) {
  constexpr auto bit = [](int number) {
    return std::uint64_t{1} << (number - 1);
  };
  constexpr auto all = bit(SIGINT) | bit(SIGTERM) | bit(SIGHUP) | bit(SIGUSR1)
                       | bit(SIGUSR2) | bit(SIGALRM) | bit(SIGCHLD)
                       | bit(SIGPIPE);
  std::vector<std::string> names;
  for (const auto& [id, thread] : other_threads())
    if (!known.contains(id) && (thread.blocked_signals & all) != all)
      names.push_back(thread.name);
  return names;
}

} // namespace

TEST_CASE("process: no thread of the library takes a signal") {
  const auto before = other_threads();
  scene it{"tcp", 2};
  auto pull = it.open(ZMQ_PULL);
  pull.bind(it.fresh()); // all threads are under way
  CHECK(other_threads().size() >= before.size() + 2);
  if (ours())
    CHECK(threads_with_signals(before).empty());
  else // they begin with the maker's mask
    eventually_is([&] { return threads_with_signals(before).empty(); }, true);
}

// -- fork ---------------------------------------------------------------------

TEST_CASE("process: a child that ends does not disturb its parent") {
  OVER_ALL(transport);
  const bool closes = GENERATE(false, true);
  CAPTURE(closes);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  std::optional<monitor> events;
  if (it.is_wire())
    events.emplace(it.ctx, pull);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.open_lingering(ZMQ_PUSH);
  push.connect(endpoint);
  require_passes(push, pull, "before");
  auto traffic =
    std::async(std::launch::async, [&] { send_numbered(push, 20'000); });
  // Forked at any moment of the traffic, I/O threads at work.
  for (std::size_t i = 0; i < 10; ++i) {
    REQUIRE(status_of_child([&] {
              if (!closes)
                return;
              zmq_close(pull.get());
              if (ours()) { // libzmq's must not be in use by a thread
                zmq_close(push.get());
                zmq_ctx_term(it.ctx.get());
              }
            })
            == 0);
    recv_numbered(pull, 2000, 0, 2000 * i);
  }
  traffic.get();
  auto late = it.connected(ZMQ_PUSH, endpoint);
  require_passes(late, pull, "after");
  while (events) {
    const auto seen = events->next(0);
    if (!seen)
      break;
    CHECK(seen->kind != ZMQ_EVENT_DISCONNECTED);
  }
}

TEST_CASE("process: a child that makes a context of its own") {
  if (sanitized) // its malloc does not survive the fork of a busy process
    return;
  OVER_WIRES(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  const auto endpoint = rep.bind(it.fresh());
  auto child = std::async(std::launch::async, [&] {
    return status_of_child([&] {
      context own;
      socket req{own, ZMQ_REQ};
      req.connect(endpoint);
      req.send("from the child");
      if (req.recv() != "to the child")
        ::_exit(1);
      req.close();
      own.term();
    });
  });
  CHECK(rep.recv() == "from the child");
  rep.send("to the child");
  CHECK(child.get() == 0);
}

TEST_CASE("process: a child's calls with what it inherited are errors") {
  if (!ours()) // libzmq waits in them
    return;
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  require_passes(push, pull, "before");
  CHECK(status_of_child([&] {
          // Whatever they answer, they do.
          (void)zmq_send(push.get(), "x", 1, ZMQ_DONTWAIT);
          (void)zmq_recv(pull.get(), nullptr, 0, ZMQ_DONTWAIT);
          (void)zmq_ctx_shutdown(it.ctx.get());
          (void)zmq_ctx_term(it.ctx.get());
          (void)zmq_close(pull.get());
        })
        == 0);
  require_passes(push, pull, "after");
}

// -- exit ---------------------------------------------------------------------

TEST_CASE("process: a program that closes nothing ends by itself") {
  const std::string how =
    GENERATE("context", "idle", "unsent", "traffic", "exit on a thread",
             "quick_exit", "closes late", "terms late");
  CAPTURE(how);
  for (int i = 0; i < 5; ++i) {
    // What is left open is no leak that this is about.
    process program{{"env", "ASAN_OPTIONS=detect_leaks=0", ZMQRT_LEAVER, how}};
    REQUIRE(program.wait() == 0);
  }
}

// -- nothing to do ------------------------------------------------------------

TEST_CASE("process: idle sockets use no processor") {
  OVER_ALL(transport);
  const auto before = other_threads();
  scene it{transport, 2};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  std::vector<socket> pushes;
  for (int i = 0; i < 10; ++i) {
    pushes.push_back(it.connected(ZMQ_PUSH, endpoint));
    require_passes(pushes.back(), pull, "x");
  }
  pull.set(ZMQ_RCVTIMEO, 100); // to rest
  CHECK(errno_of(zmq_recv(pull.get(), nullptr, 0, 0)) == EAGAIN);
  const auto begin = other_threads();
  pull.set(ZMQ_RCVTIMEO, 300);
  CHECK(errno_of(zmq_recv(pull.get(), nullptr, 0, 0)) == EAGAIN);
  for (const auto& [id, thread] : other_threads()) {
    if (before.contains(id))
      continue;
    INFO("thread " << thread.name);
    // Polling, however seldom, would show.
    CHECK(thread.switches - begin.at(id).switches <= 1);
  }
}

} // namespace zmqrt::test
