// SPDX-License-Identifier: MPL-2.0
//
// The handle table, of many threads, and of a process that forks.

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "actors/c_api/handle_table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/forked.hpp"
#include "tests/unit/c_api/thing.hpp"

using namespace zmqrt::c_api;
using namespace zmqrt::test;

namespace {

/// What several threads do until the test has seen enough.
template <class Body>
class crowd {
public:
  /// Returns once all have begun.
  crowd(int threads, Body body) {
    for (int each = 0; each < threads; ++each)
      all_.emplace_back([this, body] {
        ++begun_;
        while (!done_)
          body();
      });
    while (begun_ != threads)
      std::this_thread::yield();
  }
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd() {
    end();
  }

  void end() {
    done_ = true;
    for (auto& each : all_)
      if (each.joinable())
        each.join();
  }

private:
  std::atomic<int> begun_{0};
  std::atomic<bool> done_{false};
  std::vector<std::thread> all_;
};

} // namespace

TEST_CASE("calls meet a close") {
  const auto how = GENERATE(call_kind::rare, call_kind::frequent);
  // Few enough places that a call often has a handle that was just closed.
  std::array<std::atomic<void*>, 4> places;
  for (auto& each : places)
    each = open_thing();
  std::atomic<int> seen_alive{0};
  std::atomic<int> seen_dead{0};

  crowd calls{3, [&] {
                for (auto& each : places) {
                  const pinned<thing> found{each.load(), how};
                  if (found && found->state != thing::alive)
                    ++seen_dead;
                  if (found)
                    ++seen_alive;
                }
              }};
  for (int round = 0; round < 20'000 || seen_alive == 0; ++round) {
    auto& place = places[static_cast<unsigned>(round) % places.size()];
    void* const old = place.load();
    // Closed while it can still be found, or found no more before.
    if (round % 2 == 0)
      place = open_thing();
    if (!close_thing(old))
      FAIL("somebody else has closed it");
    if (round % 2 != 0)
      place = open_thing();
  }
  calls.end();

  CHECK(seen_dead == 0);
  for (auto& each : places)
    CHECK(close_thing(each));
  CHECK(thing::there == 0);
}

TEST_CASE("a handle that was closed meets its slot's next life") {
  const auto how = GENERATE(call_kind::rare, call_kind::frequent);
  std::vector<void*> stale;
  for (int count = 0; count < 4096; ++count)
    stale.push_back(open_thing());
  for (void* each : stale)
    REQUIRE(close_thing(each));
  std::atomic<int> seen_alive{0};
  std::atomic<int> seen_dead{0};
  crowd calls{2, [&] {
                for (void* each : stale)
                  if (const pinned<thing> found{each, how})
                    ++(found->state == thing::alive ? seen_alive : seen_dead);
              }};
  for (int round = 0; round < 20'000 || seen_alive == 0; ++round)
    if (!close_thing(open_thing()))
      FAIL("somebody else has closed it");
  calls.end();
  CHECK(seen_dead == 0);
  CHECK(thing::there == 0);
}

TEST_CASE("an object outlives its resident's call") {
  void* const handle = open_thing();
  std::atomic<int> stage{0};
  const auto wait_for = [&](int which) {
    while (stage != which)
      std::this_thread::yield();
  };
  std::thread resident{[&] {
    // It moves in with the first, and is at home from the second on.
    static_cast<void>(pinned<thing>{handle, call_kind::frequent});
    const pinned<thing> outer{handle, call_kind::frequent};
    const pinned<thing> inner{handle, call_kind::frequent};
    stage = 1;
    wait_for(2);
    if (inner && inner->state == thing::alive && !inner.is_open())
      stage = 3;
  }};
  wait_for(1);
  CHECK(close_thing(handle));
  CHECK(thing::there == 1);
  CHECK_FALSE(pinned<thing>{handle});
  stage = 2;
  resident.join();
  CHECK(stage == 3);
  CHECK(thing::there == 0);
}

TEST_CASE("a resident closes its own handle, and others their resident's") {
  for (int round = 0; round < 3; ++round) {
    void* const handle = open_thing();
    for (int call = 0; call < 3; ++call)
      CHECK(pinned<thing>{handle, call_kind::frequent});
    if (round == 1)
      std::thread{[&] { close_thing(handle); }}.join();
    else
      close_thing(handle);
    CHECK(thing::there == 0);
    CHECK_FALSE(pinned<thing>{handle, call_kind::frequent});
  }
}

TEST_CASE("of many who close, one does it") {
  constexpr int opened = 20'000;
  std::atomic<void*> place{nullptr};
  std::atomic<int> closed{0};
  const auto try_to = [&] {
    if (close_thing(place))
      ++closed;
  };
  crowd others{2, try_to};
  for (int count = 0; count < opened; ++count) {
    place = open_thing();
    try_to();
    // Be it here or there, it is done.
    if (pinned<thing>{place})
      FAIL("nobody has closed it");
  }
  others.end();
  CHECK(closed == opened);
  CHECK(thing::there == 0);
}

TEST_CASE("guessed pointers meet handles that are being made") {
  constexpr std::size_t slot = sizeof(handle_slot);
  auto* const begin = static_cast<std::byte*>(open_thing());
  std::atomic<std::size_t> made{1};
  std::atomic<int> wrong{0};
  crowd guesses{2, [&] {
                  // Those that come next, made or not.
                  const std::size_t next = made;
                  for (std::size_t each = next; each < next + 8; ++each)
                    if (const pinned<thing> found{begin + each * slot})
                      wrong += found->state == thing::alive ? 0 : 1;
                }};
  std::vector<void*> all;
  for (int count = 0; count < 20'000; ++count) {
    all.push_back(open_thing());
    ++made;
  }
  guesses.end();
  CHECK(wrong == 0);
  for (void* each : all)
    CHECK(close_thing(each));
  CHECK(close_thing(begin));
  CHECK(thing::there == 0);
}

TEST_CASE("threads open and close handles at once") {
  std::atomic<int> wrong{0};
  crowd others{3, [&] {
                 std::array<void*, 16> own{};
                 for (void*& each : own)
                   each = open_thing();
                 for (void* each : own)
                   wrong += close_thing(each) && !close_thing(each) ? 0 : 1;
               }};
  for (int round = 0; round < 20'000; ++round)
    wrong += close_thing(open_thing()) ? 0 : 1;
  others.end();
  CHECK(wrong == 0);
  CHECK(thing::there == 0);
}

TEST_CASE("a forked child closes another thread's handle") {
  void* const handle = open_thing();
  std::thread{[&] {
    for (int call = 0; call < 2; ++call)
      static_cast<void>(pinned<thing>{handle, call_kind::frequent});
  }}.join();
  {
    forked child{[&](auto out) {
      const bool closed = close_thing(handle);
      out.say(closed && thing::there == 0 ? "gone" : "still there");
    }};
    CHECK(child.hear() == "gone");
  }
  CHECK(close_thing(handle));
  CHECK(thing::there == 0);
}

TEST_CASE("a forked child has the handles there were, and opens others") {
  void* const handle = open_thing();
  // The table's lock is taken most of the time.
  crowd busy{2, [] { close_thing(open_thing()); }};
  for (int round = 0; round < 50; ++round) {
    forked child{[&](auto out) {
      const pinned<thing> found{handle};
      const bool good =
        found && found->state == thing::alive && close_thing(open_thing());
      out.say(good ? "good" : "bad");
    }};
    CHECK(child.hear() == "good");
  }
  busy.end();
  CHECK(close_thing(handle));
}
