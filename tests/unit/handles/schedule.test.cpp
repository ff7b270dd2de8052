// SPDX-License-Identifier: MPL-2.0
//
// A loop's queue of steps.

#include "actors/handles/schedule.hpp"

#include <optional>

#include "tests/support/catch.hpp"

namespace zmqrt::detail {

namespace {

struct nothing final : scheduled {
  void run() override {
  }
};

} // namespace

TEST_CASE("schedule: in order, from both ends") {
  schedule queue;
  CHECK(queue.empty());
  CHECK(queue.pop() == nullptr);
  nothing a;
  nothing b;
  nothing c;
  queue.push_back(b);
  queue.push_back(c);
  queue.push_front(a);
  CHECK(a.queued());
  CHECK(queue.pop() == &a);
  CHECK_FALSE(a.queued());
  CHECK(queue.pop() == &b);
  CHECK(queue.pop() == &c);
  CHECK(queue.empty());
}

TEST_CASE("schedule: what is queued again moves") {
  schedule queue;
  schedule other;
  nothing a;
  nothing b;
  queue.push_back(a);
  queue.push_back(b);
  queue.push_back(a);
  CHECK(queue.pop() == &b);
  other.push_back(a);
  CHECK(queue.empty());
  queue.push_back(b);
  queue.take(other);
  CHECK(other.empty());
  CHECK(queue.pop() == &b);
  CHECK(queue.pop() == &a);
}

TEST_CASE("schedule: what is destroyed leaves, and so does the queue") {
  nothing survivor;
  {
    schedule queue;
    std::optional<nothing> gone{std::in_place};
    queue.push_back(survivor);
    queue.push_front(*gone);
    gone.reset();
    CHECK(queue.pop() == &survivor);
    queue.push_back(survivor);
  }
  CHECK_FALSE(survivor.queued());
}

} // namespace zmqrt::detail
