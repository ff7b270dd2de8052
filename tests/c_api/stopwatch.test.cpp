// SPDX-License-Identifier: MPL-2.0
//
// zmq_stopwatch_start() and its kin, and zmq_sleep().

#include <atomic>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include <zmq.h>

#include "tests/support/catch.hpp"

TEST_CASE("a stopwatch never runs backwards") {
  void* const watch = zmq_stopwatch_start();
  REQUIRE(watch != nullptr);
  unsigned long last = 0;
  for (int look = 0; look < 1000; ++look) {
    const unsigned long now = zmq_stopwatch_intermediate(watch);
    if (now < last)
      FAIL(now << " after " << last);
    last = now;
  }
  CHECK(zmq_stopwatch_stop(watch) >= last);
}

TEST_CASE("a stopwatch runs") {
  void* const watch = zmq_stopwatch_start();
  while (zmq_stopwatch_intermediate(watch) < 1000)
    std::this_thread::yield();
  CHECK(zmq_stopwatch_stop(watch) >= 1000);
}

TEST_CASE("sleeping for no time ends") {
  zmq_sleep(0);
}

TEST_CASE("a signal ends sleeping") {
  struct sigaction handled {};
  struct sigaction before {};
  handled.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &handled, &before) == 0);
  std::atomic<bool> awake{false};
  std::thread sleeper{[&] {
    zmq_sleep(100'000);
    awake = true;
  }};
  // It may come before the sleep, and then ends nothing.
  while (!awake) {
    ::pthread_kill(sleeper.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  sleeper.join();
  REQUIRE(::sigaction(SIGUSR1, &before, nullptr) == 0);
}
