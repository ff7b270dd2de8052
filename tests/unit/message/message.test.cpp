// SPDX-License-Identifier: MPL-2.0
//
// message: one or more frames as one value, and its properties.

#include "zmqrt/message.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"
#include "zmqrt/error.hpp"

using zmqrt::frame;
using zmqrt::message;

namespace {

std::string text_of(const frame& from) {
  return std::string{from.view()};
}

} // namespace

TEST_CASE("an empty message has no frames") {
  const message none;
  REQUIRE(none.empty());
  REQUIRE(none.size() == 0);
  REQUIRE(none.bytes() == 0);
  REQUIRE_THROWS_AS(none.at(0), std::out_of_range);
  REQUIRE_THROWS_AS(none.str(), zmqrt::error);
}

TEST_CASE("a text is one frame, a list of texts is several") {
  const message one{"hello"};
  REQUIRE(one.size() == 1);
  REQUIRE(one.str() == "hello");
  const message three{"a", "", "ccc"};
  REQUIRE(three.size() == 3);
  REQUIRE(three.bytes() == 4);
  REQUIRE(three[1].empty());
  REQUIRE(three.at(2).view() == "ccc");
  REQUIRE_THROWS_AS(three.at(3), std::out_of_range);
  REQUIRE_THROWS_AS(three.str(), zmqrt::error);
}

TEST_CASE("frames go on at both ends and come off the front") {
  message envelope;
  envelope.push_back("body");
  envelope.push_front(frame{});
  envelope.push_front(frame{std::string_view{"id"}});
  envelope.push_back("tail");
  REQUIRE(envelope.size() == 4);
  REQUIRE(text_of(envelope.pop_front()) == "id");
  REQUIRE(envelope.pop_front().empty());
  REQUIRE(text_of(envelope.pop_front()) == "body");
  REQUIRE(envelope.str() == "tail");
  REQUIRE(text_of(envelope.pop_front()) == "tail");
  REQUIRE(envelope.empty());
  envelope.push_back("again");
  REQUIRE(envelope.str() == "again");
}

TEST_CASE("copies are independent, moves leave nothing behind") {
  message made{"one", "two"};
  message copy = made;
  copy[1] = frame{std::string_view{"2"}};
  REQUIRE(made[1].view() == "two");
  message moved = std::move(made);
  REQUIRE(made.empty()); // NOLINT: that is what is promised
  REQUIRE(moved.size() == 2);
  made = std::move(moved);
  REQUIRE(moved.empty()); // NOLINT
  REQUIRE(made[0].view() == "one");
  message& self = made;
  made = std::move(self);
  REQUIRE(made.size() == 2);
  made = copy;
  REQUIRE(made[1].view() == "2");
  REQUIRE(text_of(message{"x", "y"}[1]) == "y");
}

TEST_CASE("routing id and group go with copies and moves") {
  message first{"x"};
  CHECK(first.routing_id() == 0);
  CHECK(first.group().empty());
  first.set_routing_id(7);
  first.set_group("g");
  message copy = first;
  const message moved = std::move(first);
  CHECK(moved.routing_id() == 7);
  CHECK(moved.group() == "g");
  CHECK(moved.size() == 1);
  copy.set_group(std::string(255, 'h'));
  copy.push_back("y");
  copy.pop_front();
  CHECK(copy.group() == std::string(255, 'h'));
  CHECK(copy.str() == "y");
  CHECK(moved.group() == "g");
  copy.clear();
  CHECK(copy.routing_id() == 0);
  CHECK(copy.group().empty());
}

TEST_CASE("what is read into a message has no former routing id or group") {
  zmqrt::batch queued;
  zmqrt::batch_writer writer(zmqrt::shared_pool());
  for (const message& each : {message{"a"}, message{"b", "c"}})
    REQUIRE(writer.append(queued, each));
  zmqrt::batch_reader reader(zmqrt::shared_pool());
  reader.push(queued);
  message next;
  for (const std::size_t frames : {1U, 2U}) {
    next.set_routing_id(7);
    next.set_group("g");
    REQUIRE(reader.next(next));
    CHECK(next.size() == frames);
    CHECK(next.routing_id() == 0);
    CHECK(next.group().empty());
  }
}

TEST_CASE("properties are found whatever their case") {
  auto about = std::make_shared<zmqrt::peer_properties>();
  about->set("Peer-Address", "127.0.0.1");
  about->set("Socket-Type", "PUSH");
  about->set("peer-address", "::1");
  REQUIRE(about->entries().size() == 2);
  message received{"x"};
  REQUIRE_FALSE(received.has_property("Socket-Type"));
  received.set_properties(about);
  REQUIRE(received.has_property("socket-type"));
  REQUIRE(received.property("PEER-ADDRESS") == "::1");
  const message copy = received;
  received.clear();
  REQUIRE_FALSE(received.has_property("Socket-Type"));
  REQUIRE(copy.property("Socket-Type") == "PUSH");
  try {
    static_cast<void>(copy.property("User-Id"));
    FAIL("no error");
  } catch (const zmqrt::error& why) {
    REQUIRE(why.code() == zmqrt::errc::invalid_argument);
    REQUIRE(why.subject() == "User-Id");
  }
}

TEST_CASE("what a message leaves behind is not in the next one") {
  for (int i = 0; i < 200; ++i) {
    message several{"a", "b", "c"};
    several.set_group("group");
  }
  message next{"d", "e"};
  CHECK(next.size() == 2);
  CHECK(next[1].view() == "e");
  CHECK(next.group().empty());
  const message copy = next;
  next = message{"f"};
  CHECK(copy[1].view() == "e");
}

TEST_CASE("a message may end in another thread, and after one") {
  message several{"a", "b"};
  std::thread{[kept = std::move(several)]() mutable {
    message more{"c", "d"};
    kept = std::move(more);
  }}.join();
  message next{"e", "f"};
  CHECK(next[1].view() == "f");
}
