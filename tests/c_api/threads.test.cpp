// SPDX-License-Identifier: MPL-2.0
//
// zmq_threadstart() and zmq_threadclose().

#include <atomic>
#include <string>
#include <vector>

#include <pthread.h>
#include <signal.h>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

struct seen {
  bool ran = false;
  pthread_t id{};
  std::string name{};
  sigset_t blocked{};
};

void look(void* raw) {
  auto& what = *static_cast<seen*>(raw);
  what.ran = true;
  what.id = ::pthread_self();
  char name[16] = "";
  ::pthread_getname_np(what.id, name, sizeof name);
  what.name = name;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &what.blocked);
}

seen run() {
  seen what;
  void* const thread = zmq_threadstart(&look, &what);
  REQUIRE(thread != nullptr);
  zmq_threadclose(thread);
  return what;
}

bool blocked_here(int signal) {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return ::sigismember(&mask, signal) != 0;
}

} // namespace

TEST_CASE("closing a thread waits for its end") {
  const auto what = run();
  CHECK(what.ran);
  CHECK(::pthread_equal(what.id, ::pthread_self()) == 0);
}

TEST_CASE("no signal reaches a thread") {
  const auto what = run();
  for (int signal = 1; signal < 32; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP)
      continue;
    CAPTURE(signal);
    CHECK(::sigismember(&what.blocked, signal) == 1);
  }
  CHECK(::sigismember(&what.blocked, SIGRTMIN) == 1);
  CHECK(::sigismember(&what.blocked, SIGRTMAX) == 1);
}

TEST_CASE("who starts a thread keeps its own signals") {
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, SIGUSR2);
  REQUIRE(::pthread_sigmask(SIG_BLOCK, &one, nullptr) == 0);
  static_cast<void>(run());
  CHECK(blocked_here(SIGUSR2));
  CHECK_FALSE(blocked_here(SIGTERM));
  REQUIRE(::pthread_sigmask(SIG_UNBLOCK, &one, nullptr) == 0);
  static_cast<void>(run());
  CHECK_FALSE(blocked_here(SIGUSR2));
}

TEST_CASE("a thread has libzmq's name") {
  CHECK(run().name == "ZMQapp");
}

TEST_CASE("a thread may leave by pthread_exit") {
  std::atomic<bool> ran{false};
  void* const thread = zmq_threadstart(
    [](void* raw) {
      *static_cast<std::atomic<bool>*>(raw) = true;
      ::pthread_exit(nullptr);
    },
    &ran);
  REQUIRE(thread != nullptr);
  zmq_threadclose(thread);
  CHECK(ran);
}

TEST_CASE("threads run side by side") {
  constexpr int count = 20;
  std::atomic<int> there{0};
  std::vector<void*> all;
  for (int each = 0; each < count; ++each) {
    all.push_back(zmq_threadstart(
      [](void* raw) {
        auto& number = *static_cast<std::atomic<int>*>(raw);
        ++number;
        while (number < count)
          ::sched_yield(); // each waits for all others
      },
      &there));
    REQUIRE(all.back() != nullptr);
  }
  for (void* each : all)
    zmq_threadclose(each);
  CHECK(there == count);
}
