// SPDX-License-Identifier: MPL-2.0

#include "transports/reactor_thread.hpp"

#include <array>
#include <csignal>
#include <future>

#include <pthread.h>

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
    done.set_value();
  }

  bool blocked = false;
  bool current = false;
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
