// SPDX-License-Identifier: MPL-2.0
//
// What libzmq crashes on: null pointers, handles that are closed, of another
// kind or made up, and arguments out of range, to the functions that need no
// socket.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <sched.h>

#include <zmq.h>

#include "tests/support/catch.hpp"
#include "tests/support/forked.hpp"

namespace {

using ids = std::vector<int>;

#define FAILS(call, why)                                                       \
  errno = 0;                                                                   \
  CHECK(call);                                                                 \
  CHECK(errno == (why))

void nothing(void*) {
}

void no_timer(int, void*) {
}

/// An open handle of each kind that needs no socket, and closed ones.
struct handles {
  handles() {
    counter = zmq_atomic_counter_new();
    timers = zmq_timers_new();
    watch = zmq_stopwatch_start();
    thread = zmq_threadstart(&nothing, nullptr);
  }
  handles(const handles&) = delete;
  handles& operator=(const handles&) = delete;
  ~handles() {
    close();
  }

  void close() {
    if (counter == nullptr)
      return;
    zmq_threadclose(thread);
    static_cast<void>(zmq_stopwatch_stop(watch));
    CHECK(zmq_timers_destroy(&timers) == 0);
    zmq_atomic_counter_destroy(&counter);
  }

  void* counter;
  void* timers;
  void* watch;
  void* thread;
};

/// What is a handle of none of these functions' kinds but `but`.
std::vector<void*> strangers(const handles& open, const void* but) {
  static int own_memory[32];
  static const std::vector<void*> closed = [] {
    handles gone;
    std::vector<void*> all{gone.counter, gone.timers, gone.watch, gone.thread};
    gone.close();
    return all;
  }();
  std::vector<void*> all{nullptr, own_memory, reinterpret_cast<void*>(1),
                         reinterpret_cast<void*>(UINTPTR_MAX)};
  all.insert(all.end(), closed.begin(), closed.end());
  for (void* const each :
       {open.counter, open.timers, open.watch, open.thread}) {
    if (each != but)
      all.push_back(each);
    all.push_back(static_cast<char*>(each) + 1);
    all.push_back(static_cast<char*>(each) + 8);
    all.push_back(static_cast<char*>(each) + (std::intptr_t{1} << 20));
  }
  return all;
}

} // namespace

TEST_CASE("what is no counter is no counter") {
  handles open;
  zmq_atomic_counter_set(open.counter, 7);
  for (void* each : strangers(open, open.counter)) {
    CAPTURE(each);
    FAILS(zmq_atomic_counter_inc(each) == -1, EFAULT);
    FAILS(zmq_atomic_counter_dec(each) == -1, EFAULT);
    FAILS(zmq_atomic_counter_value(each) == -1, EFAULT);
    errno = 0;
    zmq_atomic_counter_set(each, 1);
    CHECK(errno == EFAULT);
    void* const before = each;
    errno = 0;
    zmq_atomic_counter_destroy(&each);
    CHECK(errno == EFAULT);
    CHECK(each == before);
  }
  errno = 0;
  zmq_atomic_counter_destroy(nullptr);
  CHECK(errno == EFAULT);
  CHECK(zmq_atomic_counter_value(open.counter) == 7);
}

TEST_CASE("what is no stopwatch is no stopwatch") {
  handles open;
  for (void* const each : strangers(open, open.watch)) {
    CAPTURE(each);
    FAILS(zmq_stopwatch_intermediate(each) == 0, EFAULT);
    FAILS(zmq_stopwatch_stop(each) == 0, EFAULT);
  }
  errno = 0;
  static_cast<void>(zmq_stopwatch_intermediate(open.watch));
  CHECK(errno == 0);
}

TEST_CASE("sleeping for less than no time ends") {
  zmq_sleep(-1);
  zmq_sleep(std::numeric_limits<int>::min());
}

TEST_CASE("what are no timers are no timers") {
  handles open;
  for (void* each : strangers(open, open.timers)) {
    CAPTURE(each);
    FAILS(zmq_timers_add(each, 1, &no_timer, nullptr) == -1, EFAULT);
    FAILS(zmq_timers_cancel(each, 1) == -1, EFAULT);
    FAILS(zmq_timers_set_interval(each, 1, 1) == -1, EFAULT);
    FAILS(zmq_timers_reset(each, 1) == -1, EFAULT);
    FAILS(zmq_timers_timeout(each) == -1, EFAULT);
    FAILS(zmq_timers_execute(each) == -1, EFAULT);
    void* const before = each;
    FAILS(zmq_timers_destroy(&each) == -1, EFAULT);
    CHECK(each == before);
  }
  FAILS(zmq_timers_destroy(nullptr) == -1, EFAULT);
  CHECK(zmq_timers_add(open.timers, 1, &no_timer, nullptr) == 1);
}

TEST_CASE("what is no thread is no thread") {
  handles open;
  for (void* const each : strangers(open, open.thread)) {
    CAPTURE(each);
    errno = 0;
    zmq_threadclose(each);
    CHECK(errno == EFAULT);
  }
  FAILS(zmq_threadstart(nullptr, nullptr) == nullptr, EFAULT);
}

TEST_CASE("null pointers are no keys") {
  std::array<char, 41> key{};
  std::array<std::uint8_t, 32> octets{};
  FAILS(zmq_curve_keypair(nullptr, nullptr) == -1, EINVAL);
  FAILS(zmq_curve_keypair(key.data(), nullptr) == -1, EINVAL);
  FAILS(zmq_curve_keypair(nullptr, key.data()) == -1, EINVAL);
  FAILS(zmq_curve_public(nullptr, key.data()) == -1, EINVAL);
  FAILS(zmq_curve_public(key.data(), nullptr) == -1, EINVAL);
  FAILS(zmq_z85_encode(nullptr, octets.data(), 4) == nullptr, EINVAL);
  FAILS(zmq_z85_encode(key.data(), nullptr, 4) == nullptr, EINVAL);
  FAILS(zmq_z85_decode(nullptr, "HelloWorld") == nullptr, EINVAL);
  FAILS(zmq_z85_decode(octets.data(), nullptr) == nullptr, EINVAL);
  CHECK(key == std::array<char, 41>{});
}

// libzmq makes a key of what follows in memory.
TEST_CASE("a secret key of another length is none") {
  std::array<char, 41> derived{};
  const std::string secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
  REQUIRE(secret.size() == 40);
  for (const std::string& bad :
       {secret.substr(5), secret.substr(1), secret + "0", secret + "00000",
        secret + secret}) {
    CAPTURE(bad);
    FAILS(zmq_curve_public(derived.data(), bad.c_str()) == -1, EINVAL);
    CHECK(derived[0] == '\0');
  }
}

TEST_CASE("the version may be asked for in part") {
  int minor = -1;
  zmq_version(nullptr, &minor, nullptr);
  CHECK(minor == ZMQ_VERSION_MINOR);
  zmq_version(nullptr, nullptr, nullptr);
}

TEST_CASE("there is no capability without a name") {
  CHECK(zmq_has(nullptr) == 0);
}

// Debian's libzmq is built with these.
TEST_CASE("transports and mechanisms that we do not have") {
  for (const char* const name : {"pgm", "norm", "tipc", "gssapi"}) {
    CAPTURE(name);
    CHECK(zmq_has(name) == 0);
  }
}

// -- timers' handlers that libzmq does not survive ---------------------------

namespace {

struct timers {
  ~timers() {
    static_cast<void>(zmq_timers_destroy(&handle));
  }
  static void call(int id, void* argument) {
    auto& self = *static_cast<timers*>(argument);
    self.called.push_back(id);
    if (self.then)
      self.then(id);
  }
  int add(std::size_t interval) {
    return zmq_timers_add(handle, interval, &call, this);
  }
  ids execute() {
    called.clear();
    CHECK(zmq_timers_execute(handle) == 0);
    return called;
  }

  void* handle = zmq_timers_new();
  ids called{};
  std::function<void(int id)> then{};
};

} // namespace

TEST_CASE("a timer without an interval has one turn at a time") {
  timers t;
  const int id = t.add(0);
  CHECK(t.execute() == ids{id});
  CHECK(t.execute() == ids{id});
}

TEST_CASE("a handler may change its own timer") {
  timers t;
  const int id = t.add(0);
  t.then = [&](int which) {
    CHECK(zmq_timers_set_interval(t.handle, which, 1'000'000) == 0);
  };
  CHECK(t.execute() == ids{id});
  CHECK(zmq_timers_timeout(t.handle) > 0);
  CHECK(t.execute().empty());
}

TEST_CASE("a handler may execute timers") {
  timers t;
  const int first = t.add(0);
  const int second = t.add(0);
  t.then = [&](int) { CHECK(zmq_timers_execute(t.handle) == 0); };
  CHECK(t.execute() == ids{first, second});
}

TEST_CASE("a handler may destroy all timers") {
  timers t;
  const int first = t.add(0);
  t.add(0);
  t.then = [&](int) {
    void* const gone = t.handle;
    CHECK(zmq_timers_destroy(&t.handle) == 0);
    FAILS(zmq_timers_cancel(gone, first) == -1, EFAULT);
  };
  CHECK(t.execute() == ids{first});
  CHECK(t.handle == nullptr);
}

TEST_CASE("a handler may throw") {
  timers t;
  const int first = t.add(0);
  const int second = t.add(0);
  t.then = [&](int which) {
    if (which == first)
      throw std::runtime_error("what the handler says");
  };
  CHECK_THROWS_WITH(zmq_timers_execute(t.handle), "what the handler says");
  t.then = nullptr;
  CHECK(t.execute() == ids{second, first});
}

TEST_CASE("a cancelled timer is gone at once") {
  timers t;
  const int id = t.add(0);
  CHECK(zmq_timers_cancel(t.handle, id) == 0);
  FAILS(zmq_timers_set_interval(t.handle, id, 1) == -1, EINVAL);
  FAILS(zmq_timers_reset(t.handle, id) == -1, EINVAL);
}

TEST_CASE("an interval beyond the clock never ends") {
  timers t;
  t.add(std::numeric_limits<std::size_t>::max());
  CHECK(zmq_timers_timeout(t.handle) > 0);
  CHECK(t.execute().empty());
}

// -- threads that libzmq does not survive ------------------------------------

TEST_CASE("a thread may close itself") {
  struct own {
    std::atomic<void*> handle{nullptr};
    std::atomic<bool> closed{false};
  } it;
  it.handle = zmq_threadstart(
    [](void* raw) {
      auto& self = *static_cast<own*>(raw);
      void* handle = nullptr;
      while ((handle = self.handle) == nullptr)
        ::sched_yield();
      zmq_threadclose(handle);
      self.closed = true; // the last that it does with what is ours
    },
    &it);
  void* const handle = it.handle;
  REQUIRE(handle != nullptr);
  while (!it.closed)
    ::sched_yield();
  errno = 0;
  zmq_threadclose(handle);
  CHECK(errno == EFAULT);
}

TEST_CASE("a forked child has no threads to wait for") {
  std::atomic<bool> done{false};
  void* const thread = zmq_threadstart(
    [](void* raw) {
      while (!*static_cast<std::atomic<bool>*>(raw))
        ::sched_yield();
    },
    &done);
  REQUIRE(thread != nullptr);
  {
    zmqrt::test::forked child{[&](auto out) {
      zmq_threadclose(thread);
      void* const own = zmq_threadstart(&nothing, nullptr);
      zmq_threadclose(own);
      out.say(own != nullptr ? "closed" : "no thread");
    }};
    CHECK(child.hear() == "closed");
  }
  done = true;
  zmq_threadclose(thread);
}
