// SPDX-License-Identifier: MPL-2.0

#include "transports/reactor_thread.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include "tests/support/catch.hpp"

using namespace zmqrt::transports;

namespace {

class look final : public task {
public:
  explicit look(reactor& loop) : loop_(loop) {
  }
  void run() noexcept override {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked =
      sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGUSR1) == 1;
    std::array<char, 16> text{};
    pthread_getname_np(pthread_self(), text.data(), text.size());
    name = text.data();
    current = loop_.is_current();
    policy = sched_getscheduler(0);
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(static_cast<unsigned>(cpu), &set))
        cpus.push_back(cpu);
    done.set_value();
  }

  bool blocked = false;
  bool current = false;
  int policy = -1;
  std::vector<int> cpus;
  std::string name;
  std::promise<void> done;

private:
  reactor& loop_;
};

} // namespace

TEST_CASE("a reactor's thread is named and hears no signal") {
  const auto choice =
    GENERATE(backend_choice::automatic, backend_choice::epoll);
  auto made = make_reactor(choice);
  REQUIRE(made);
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    reactor_thread driver{std::move(*made), "a name that is too long"};
    const auto seen = std::make_shared<look>(driver.loop());
    driver.loop().post(seen);
    seen->done.get_future().wait();
    CHECK(seen->blocked);
    CHECK(seen->current);
    CHECK(seen->name == "a name that is ");
    CHECK_FALSE(driver.loop().is_current());
  }
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  CHECK(sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM));
}

TEST_CASE("a reactor's thread runs by the policy, and where, it is told") {
  auto made = make_reactor(backend_choice::automatic);
  REQUIRE(made);
  reactor_thread driver{std::move(*made), "placed"};
  cpu_set_t mine;
  CPU_ZERO(&mine);
  sched_getaffinity(0, sizeof mine, &mine);
  int cpu = 0;
  while (!CPU_ISSET(static_cast<unsigned>(cpu), &mine))
    ++cpu;
  REQUIRE_FALSE(driver.set_cpus({cpu}));
  REQUIRE_FALSE(driver.set_policy(SCHED_BATCH, 0));
  const auto seen = std::make_shared<look>(driver.loop());
  driver.loop().post(seen);
  seen->done.get_future().wait();
  CHECK(seen->policy == SCHED_BATCH);
  CHECK(seen->cpus == std::vector<int>{cpu});
  CHECK(driver.set_policy(SCHED_BATCH, 1).value() == EINVAL);
  CHECK(driver.set_cpus({CPU_SETSIZE - 1}).value() == EINVAL);
}

TEST_CASE("the backend is the one that was asked for") {
  CHECK((*make_reactor(backend_choice::epoll))->backend() == "epoll");
  const auto ring = make_reactor(backend_choice::io_uring);
  const auto best = make_reactor(backend_choice::automatic);
  REQUIRE(best);
  if (ring_available()) {
    REQUIRE(ring);
    CHECK((*ring)->backend() == "io_uring");
    CHECK((*best)->backend() == "io_uring");
  } else {
    CHECK(ring.code() == zmqrt::errc::not_supported);
    CHECK((*best)->backend() == "epoll");
  }
}
