// SPDX-License-Identifier: MPL-2.0
//
// RADIO's datagrams: read from bytes, and made of the messages of a batch.

#include "libzmqrt/wire/datagram.hpp"

#include <string>
#include <vector>

#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/message/test_source.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A batch of these messages, and the datagrams that come of it; "-": none.
std::vector<std::string> datagrams_of(const std::vector<message>& messages) {
  batch_writer writer(shared_pool());
  batch all;
  for (const message& each : messages)
    REQUIRE(writer.append(all, each));
  std::vector<std::string> made;
  batch_place at;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto pair = next_pair(all.segments(), at);
    made.push_back(pair ? text_of(pair->group_head()) + text_of(pair->second)
                        : "-");
  }
  return made;
}

} // namespace

TEST_CASE("a datagram is a group and a body") {
  const auto whole = parse_group_datagram(bytes_of("\5groupbody"));
  REQUIRE(whole);
  CHECK(whole->group == "group");
  CHECK(text_of(whole->body) == "body");
  const auto bare = parse_group_datagram(bytes_of("\5group"));
  REQUIRE(bare);
  CHECK(bare->body.empty());
  const auto nameless = parse_group_datagram(bytes_of({"\0body", 5}));
  REQUIRE(nameless);
  CHECK(nameless->group.empty());
  CHECK(text_of(nameless->body) == "body");
  const std::string longest = "\xff" + std::string(255, 'g') + "b";
  const auto most = parse_group_datagram(bytes_of(longest));
  REQUIRE(most);
  CHECK(most->group.size() == 255);
}

TEST_CASE("what is no datagram of a RADIO") {
  CHECK_FALSE(parse_group_datagram({}));
  CHECK_FALSE(parse_group_datagram(bytes_of("\6group")));
  CHECK_FALSE(parse_group_datagram(bytes_of("\xff")));
  CHECK_FALSE(parse_group_datagram(bytes_of({"\2g\0body", 7})));
}

TEST_CASE("a batch becomes datagrams without a copy") {
  const std::string large(70'000, 'l');
  const std::string group(255, 'g');
  CHECK(datagrams_of({
          message{"a", "1"},
          message{"", "2"},
          message{"c", ""},
          message{"", ""},
          message{group, large},
          message{"e", std::string_view{large}.substr(0, 4095)},
          message{"f", "6"},
        })
        == std::vector<std::string>{"\1a1",
                                    std::string{"\0"
                                                "2",
                                                2},
                                    "\1c", std::string(1, '\0'),
                                    "\xff" + group + large,
                                    "\1e" + large.substr(0, 4095), "\1f6"});
}

TEST_CASE("a message of other shape is passed over") {
  CHECK(datagrams_of({
          message{"one"},
          message{"a", "1"},
          message{"a", "b", "c"},
          message{"a", "b", "c", "d"},
          message{std::string(256, 'g'), "b"},
          message{"b", "2"},
        })
        == std::vector<std::string>{"-", "\1a1", "-", "-", "-", "\1b2"});
}

TEST_CASE("a pair is appended whole, or not at all") {
  test::heap_source source;
  const std::string large(10'000, 'x');
  for (const std::string_view body :
       {std::string_view{"small"}, std::string_view{large}}) {
    batch_writer writer(source);
    batch to;
    REQUIRE(append_pair(writer, to, "group", bytes_of(body)));
    REQUIRE(to.messages() == 1);
    batch_place at;
    const auto pair = next_pair(to.segments(), at);
    REQUIRE(pair);
    CHECK(pair->first_text() == "group");
    CHECK(text_of(pair->second) == body);
  }
  batch_writer writer(source);
  batch to;
  source.dry_after(0);
  CHECK_FALSE(append_pair(writer, to, "group", bytes_of("body")));
  CHECK(to.empty());
}
