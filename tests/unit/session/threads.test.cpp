// SPDX-License-Identifier: MPL-2.0
//
// The whole way of a message with every thread that is on it: threads that
// send, a gate, its doorbell, a reactor, a socket, another reactor, its call,
// a gate, threads that wait. Run under TSan. What is counted is that each
// message arrives once and that no call gets lost.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "tests/conformance/bed.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/session/two_sockets.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using actors::patience;

namespace {

constexpr std::size_t small = 16;
constexpr std::size_t large = 64 * 1024;
constexpr std::uint32_t receivers = 3;

struct label {
  std::uint32_t sender = 0;
  std::uint32_t number = 0;

  friend bool operator==(const label&, const label&) = default;
};

/// Its label is at both ends.
message labelled(label what, std::size_t size) {
  auto part = frame::uninitialized(size);
  const auto room = part.writable();
  std::memcpy(room.data(), &what, sizeof what);
  std::memcpy(room.data() + size - sizeof what, &what, sizeof what);
  return message{std::move(part)};
}

/// What the receivers have; any thread.
class arrivals {
public:
  explicit arrivals(std::uint32_t senders) : by_(senders) {
  }

  void add(const message& got, std::uint32_t receiver) {
    label front;
    label back;
    const std::lock_guard guard{lock_};
    if (got.size() != 1 || got.bytes() < 2 * sizeof front) {
      ++broken_;
      return;
    }
    std::memcpy(&front, got[0].data(), sizeof front);
    std::memcpy(&back, got[0].data() + got.bytes() - sizeof back, sizeof back);
    if (front != back || front.sender >= by_.size()) {
      ++broken_;
      return;
    }
    auto& seen = by_[front.sender];
    if (!seen.here[receiver].empty()
        && seen.here[receiver].back() >= front.number)
      ++out_of_turn_;
    seen.here[receiver].push_back(front.number);
    seen.last = std::max(seen.last, front.number);
    ++count_;
    changed_.notify_all();
  }

  /// Whether so many came in time, or sender 0 got so far.
  bool wait_for_count(std::size_t count) {
    std::unique_lock guard{lock_};
    return changed_.wait_for(guard, step_limit,
                             [&] { return count_ >= count; });
  }
  bool wait_for_number(std::uint32_t number) {
    std::unique_lock guard{lock_};
    return changed_.wait_for(guard, step_limit,
                             [&] { return by_[0].last >= number; });
  }

  /// Once every receiver has ended.
  void require_whole() const {
    REQUIRE(broken_ == 0);
    REQUIRE(out_of_turn_ == 0);
  }
  [[nodiscard]] std::vector<std::uint32_t> numbers(std::uint32_t sender) const {
    std::vector<std::uint32_t> all;
    for (const auto& each : by_[sender].here)
      all.insert(all.end(), each.begin(), each.end());
    std::sort(all.begin(), all.end());
    return all;
  }

private:
  struct of_sender {
    std::vector<std::uint32_t> here[receivers];
    std::uint32_t last = 0;
  };

  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<of_sender> by_;
  std::size_t count_ = 0;
  int broken_ = 0;
  int out_of_turn_ = 0;
};

socket_options with(int hwm, bool conflate = false) {
  socket_options made;
  made.sndhwm = hwm;
  made.rcvhwm = hwm;
  made.conflate = conflate;
  return made;
}

/// They receive until their gate ends.
void start_receivers(two_sockets& on, arrivals& got) {
  for (std::uint32_t i = 0; i < receivers; ++i)
    on.start([&on, &got, i] {
      message next;
      while (!on.pull().recv(next, patience::forever()))
        got.add(next, i);
    });
}

void end_receivers(two_sockets& on) {
  on.pull().fail(make_error_code(errc::terminated));
  on.join();
}

std::vector<std::uint32_t> from_one_to(std::uint32_t most) {
  std::vector<std::uint32_t> all(most);
  for (std::uint32_t i = 0; i < most; ++i)
    all[i] = i + 1;
  return all;
}

struct load {
  const char* name;
  std::size_t sizes[3]; ///< of each sender
  std::uint32_t each;   ///< messages of each sender
};

std::ostream& operator<<(std::ostream& out, const load& which) {
  return out << which.name;
}

} // namespace

TEST_CASE("every message of many threads arrives once") {
  const auto backend = GENERATE(from_range(conformance::backends()));
  const auto what = GENERATE(load{"small", {small, small, small}, 5000},
                             load{"large", {large, large, large}, 200},
                             load{"mixed", {small, large, large}, 200});
  const bool linger = GENERATE(false, true);
  CAPTURE(backend, what, linger);
  constexpr std::uint32_t senders = 3;
  arrivals got{senders};
  two_sockets on{backend, with(16), with(4)};
  start_receivers(on, got);
  std::atomic<std::uint32_t> refused{0};
  std::promise<void> all_sent;
  std::atomic<std::uint32_t> sending{senders};
  for (std::uint32_t i = 0; i < senders; ++i)
    on.start([&, i] {
      for (std::uint32_t n = 1; n <= what.each; ++n)
        if (on.push().send(labelled({i, n}, what.sizes[i]),
                           patience::forever()))
          ++refused;
      if (--sending == 0)
        all_sent.set_value();
    });
  REQUIRE(all_sent.get_future().wait_for(step_limit)
          == std::future_status::ready);
  // Where it does not linger, no end of a connection may be what wakes them.
  if (linger)
    on.close_push();
  REQUIRE(got.wait_for_count(senders * what.each));
  if (!linger)
    on.close_push();
  end_receivers(on);
  CHECK(refused == 0);
  got.require_whole();
  for (std::uint32_t i = 0; i < senders; ++i)
    REQUIRE(got.numbers(i) == from_one_to(what.each));
}

TEST_CASE("one late call is enough for all who wait") {
  const auto backend = GENERATE(from_range(conformance::backends()));
  CAPTURE(backend);
  constexpr std::uint32_t rounds = 150;
  two_sockets on{backend, with(1000), with(1000)};
  arrivals got{1};
  std::mutex lock;
  std::condition_variable next_round;
  std::uint32_t round = 0; // under the lock
  // One message each and round: a receiver that is left asleep ends the test.
  for (std::uint32_t i = 0; i < receivers; ++i)
    on.start([&, i] {
      message next;
      for (std::uint32_t mine = 1; !on.pull().recv(next, patience::forever());
           ++mine) {
        got.add(next, i);
        std::unique_lock guard{lock};
        next_round.wait(guard, [&] { return round >= mine; });
      }
    });
  bool whole = true;
  for (std::uint32_t n = 0; whole && n < rounds; ++n) {
    std::vector<message> some;
    for (std::uint32_t i = 1; i <= receivers; ++i)
      some.push_back(labelled({0, n * receivers + i}, large));
    std::size_t count = 0;
    whole = !on.push().send_batch(some, patience::never(), count)
            && count == receivers && got.wait_for_count((n + 1) * receivers);
    const std::lock_guard guard{lock};
    round = whole ? n + 1 : rounds;
    next_round.notify_all();
  }
  CHECK(whole);
  on.close_push();
  end_receivers(on);
  got.require_whole();
  CHECK(got.numbers(0) == from_one_to(rounds * receivers));
}

TEST_CASE("of conflated messages the last one always arrives") {
  const auto backend = GENERATE(from_range(conformance::backends()));
  const auto size = GENERATE(small, large);
  const bool both = GENERATE(false, true);
  CAPTURE(backend, size, both);
  constexpr std::uint32_t rounds = 100;
  constexpr std::uint32_t burst = 5;
  arrivals got{1};
  two_sockets on{backend, with(1000, both), with(1000, true)};
  start_receivers(on, got);
  bool whole = true;
  for (std::uint32_t n = 1; whole && n <= rounds * burst; ++n) {
    whole = !on.push().send(labelled({0, n}, size), patience::never());
    if (n % burst == 0)
      whole = whole && got.wait_for_number(n);
  }
  CHECK(whole);
  on.close_push();
  end_receivers(on);
  got.require_whole();
  const auto numbers = got.numbers(0);
  CHECK(numbers.size() >= rounds);
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}
