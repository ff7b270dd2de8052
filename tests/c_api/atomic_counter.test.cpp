// SPDX-License-Identifier: MPL-2.0
//
// zmq_atomic_counter_new(3) and its kin.

#include <limits>
#include <thread>
#include <vector>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

class counter {
public:
  counter() {
    REQUIRE(handle != nullptr);
  }
  counter(const counter&) = delete;
  counter& operator=(const counter&) = delete;
  ~counter() {
    zmq_atomic_counter_destroy(&handle);
    CHECK(handle == nullptr);
  }

  void* handle = zmq_atomic_counter_new();
};

} // namespace

TEST_CASE("a counter counts from 0") {
  counter c;
  CHECK(zmq_atomic_counter_value(c.handle) == 0);
  CHECK(zmq_atomic_counter_inc(c.handle) == 0); // as it was before
  CHECK(zmq_atomic_counter_inc(c.handle) == 1);
  CHECK(zmq_atomic_counter_inc(c.handle) == 2);
  CHECK(zmq_atomic_counter_value(c.handle) == 3);
  CHECK(zmq_atomic_counter_dec(c.handle) == 1); // not 0 yet
  CHECK(zmq_atomic_counter_dec(c.handle) == 1);
  CHECK(zmq_atomic_counter_dec(c.handle) == 0);
  CHECK(zmq_atomic_counter_value(c.handle) == 0);
}

TEST_CASE("a counter may be set") {
  counter c;
  zmq_atomic_counter_set(c.handle, 2);
  CHECK(zmq_atomic_counter_dec(c.handle) == 1);
  CHECK(zmq_atomic_counter_dec(c.handle) == 0);
  zmq_atomic_counter_set(c.handle, -5);
  CHECK(zmq_atomic_counter_value(c.handle) == -5);
  CHECK(zmq_atomic_counter_inc(c.handle) == -5);
}

TEST_CASE("below 0 is not 0") {
  counter c;
  CHECK(zmq_atomic_counter_dec(c.handle) == 1);
  CHECK(zmq_atomic_counter_value(c.handle) == -1);
  CHECK(zmq_atomic_counter_dec(c.handle) == 1);
  CHECK(zmq_atomic_counter_inc(c.handle) == -2);
}

TEST_CASE("a counter wraps around") {
  constexpr int most = std::numeric_limits<int>::max();
  constexpr int least = std::numeric_limits<int>::min();
  counter c;
  zmq_atomic_counter_set(c.handle, most);
  CHECK(zmq_atomic_counter_inc(c.handle) == most);
  CHECK(zmq_atomic_counter_value(c.handle) == least);
  CHECK(zmq_atomic_counter_dec(c.handle) == 1);
  CHECK(zmq_atomic_counter_value(c.handle) == most);
}

TEST_CASE("counters count apart") {
  counter one;
  counter other;
  CHECK(zmq_atomic_counter_inc(one.handle) == 0);
  CHECK(zmq_atomic_counter_inc(other.handle) == 0);
}

TEST_CASE("threads lose no count") {
  constexpr int threads = 4;
  constexpr int rounds = 20'000;
  counter c;
  std::vector<std::thread> all;
  for (int each = 0; each < threads; ++each)
    all.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        zmq_atomic_counter_inc(c.handle);
        zmq_atomic_counter_inc(c.handle);
        zmq_atomic_counter_dec(c.handle);
      }
    });
  for (auto& each : all)
    each.join();
  CHECK(zmq_atomic_counter_value(c.handle) == threads * rounds);
}
