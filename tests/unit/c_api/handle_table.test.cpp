// SPDX-License-Identifier: MPL-2.0
//
// The handle table, of one thread: what is a handle and what is not, and when
// an object ends.

#include "actors/c_api/handle_table.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/unit/c_api/thing.hpp"

using namespace zmqrt::c_api;
using namespace zmqrt::test;

namespace {

void* moved(void* handle, std::intptr_t by) {
  return reinterpret_cast<void*>(reinterpret_cast<std::intptr_t>(handle) + by);
}

void* made_up(std::uintptr_t address) {
  return reinterpret_cast<void*>(address);
}

/// Whose end closes another.
struct chain {
  static constexpr handle_kind kind = handle_kind::poller;

  explicit chain(void* opened) : inner(opened) {
  }
  chain(const chain&) = delete;
  chain& operator=(const chain&) = delete;
  ~chain() {
    CHECK(close_thing(inner));
    CHECK(close_thing(open_thing()));
  }
  void* inner;
};

} // namespace

TEST_CASE("a handle leads to its object") {
  auto* const object = new thing;
  void* const handle = open_handle(object);
  REQUIRE(handle != nullptr);
  {
    const pinned<thing> found{handle};
    REQUIRE(found);
    CHECK(found.get() == object);
    CHECK(found.is_open());
  }
  CHECK(close_thing(handle));
}

TEST_CASE("a handle is of one kind") {
  void* const handle = open_thing();
  CHECK_FALSE(pinned<other_thing>{handle});
  void* const other = open_handle(new other_thing);
  CHECK_FALSE(pinned<thing>{other});
  CHECK(pinned<other_thing>{other}.close());
  CHECK(close_thing(handle));
  CHECK(thing::there == 0);
}

TEST_CASE("a closed handle leads nowhere") {
  void* const handle = open_thing();
  CHECK(thing::there == 1);
  CHECK(close_thing(handle));
  CHECK(thing::there == 0);
  CHECK_FALSE(pinned<thing>{handle});
  CHECK_FALSE(close_thing(handle));
}

TEST_CASE("an object ends with the last call on it") {
  void* const handle = open_thing();
  {
    pinned<thing> first{handle};
    {
      pinned<thing> second{handle};
      CHECK(second.close());
      CHECK_FALSE(second.is_open());
      CHECK_FALSE(first.is_open());
      CHECK_FALSE(first.close()); // one of them did it
      CHECK_FALSE(pinned<thing>{handle});
    }
    CHECK(first->state == thing::alive);
    CHECK(thing::there == 1);
  }
  CHECK(thing::there == 0);
}

TEST_CASE("what is no handle is no handle") {
  void* const handle = open_thing();
  const int local = 0;
  const auto own = new thing;
  CHECK_FALSE(pinned<thing>{nullptr});
  CHECK_FALSE(pinned<thing>{&local});
  CHECK_FALSE(pinned<thing>{own});
  for (const std::uintptr_t address :
       {std::uintptr_t{1}, std::uintptr_t{64},
        std::numeric_limits<std::uintptr_t>::max(),
        std::numeric_limits<std::uintptr_t>::max() - 63,
        std::uintptr_t{1} << 63})
    CHECK_FALSE(pinned<thing>{made_up(address)});
  delete own;
  CHECK(close_thing(handle));
}

TEST_CASE("a pointer into the table is no handle") {
  void* const handle = open_thing();
  for (std::intptr_t by = -63; by < 64; ++by)
    if (by != 0)
      CHECK_FALSE(pinned<thing>{moved(handle, by)});
  // Far enough to leave the table on both sides.
  constexpr std::intptr_t slot = sizeof(handle_slot);
  for (std::intptr_t by = slot; by < slot << 24; by *= 2) {
    CHECK_FALSE(pinned<thing>{moved(handle, by)});
    CHECK_FALSE(pinned<thing>{moved(handle, -by)});
  }
  CHECK(close_thing(handle));
}

TEST_CASE("a handle that was closed does not soon come back") {
  void* const closed = open_thing();
  CHECK(close_thing(closed));
  for (int others = 0; others < 4000; ++others) {
    void* const next = open_thing();
    if (next == closed)
      FAIL("back after " << others << " others");
    if (pinned<thing>{closed})
      FAIL("open again after " << others << " others");
    REQUIRE(close_thing(next));
  }
}

TEST_CASE("handles that were closed come back in the end") {
  std::set<void*> seen;
  for (int round = 0; round < 20'000; ++round) {
    void* const next = open_thing();
    seen.insert(next);
    REQUIRE(close_thing(next));
  }
  CHECK(seen.size() < 5000);
}

TEST_CASE("many handles are open at once") {
  std::vector<void*> all;
  for (int count = 0; count < 10'000; ++count)
    all.push_back(open_thing());
  CHECK(std::set<void*>(all.begin(), all.end()).size() == all.size());
  CHECK(thing::there == 10'000);
  int good = 0;
  for (void* each : all)
    good += pinned<thing>{each} && close_thing(each) ? 1 : 0;
  CHECK(good == 10'000);
  CHECK(thing::there == 0);
}

TEST_CASE("an object's end may open and close handles") {
  void* const handle = open_handle(new chain{open_thing()});
  CHECK(pinned<chain>{handle}.close());
  CHECK(thing::there == 0);
}
