// SPDX-License-Identifier: MPL-2.0
//
// Batches to boxes and back, by a cipher that anybody can open: where things
// lie in memory, what is moved, what is held, and what a want of memory does.

#include "libzmqrt/wire/boxed_input.hpp"
#include "libzmqrt/wire/boxed_output.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/framed.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

/// A box is 32 octets '#', the flags, and the octets with one bit changed.
class toy_cipher final : public cipher {
public:
  [[nodiscard]] std::size_t overhead() const noexcept override {
    return 33;
  }
  void seal(std::uint8_t flags, std::span<const std::byte> plain,
            std::byte* box) noexcept override {
    std::memset(box, '#', 32);
    box[32] = static_cast<std::byte>(flags);
    for (std::size_t i = 0; i < plain.size(); ++i)
      box[33 + i] = plain[i] ^ std::byte{1};
  }
  [[nodiscard]] protocol_detail open(std::span<std::byte> box,
                                     opened_frame& out) noexcept override {
    if (box.size() < 33 || box[0] != std::byte{'#'})
      return protocol_detail::cryptographic;
    out.flags = static_cast<std::uint8_t>(box[32]);
    out.plain = box.subspan(33);
    for (std::byte& octet : out.plain)
      octet ^= std::byte{1};
    return protocol_detail::none;
  }
};

class commands final : public command_sink {
public:
  [[nodiscard]] verdict on_command(std::span<const std::byte> body) override {
    heard.emplace_back(reinterpret_cast<const char*>(body.data()), body.size());
    return {};
  }
  std::vector<std::string> heard;
};

/// Both directions, each with its limits.
struct bed {
  explicit bed(frame_limits given = {})
    : limits(given), plain(framing::v2, limits, source, told),
      input(cipher, limits, source) {
  }
  batch framed(const std::vector<frames>& messages) {
    return wire_test::framed(source, messages);
  }
  std::string boxed(const batch& messages) {
    batch out;
    REQUIRE(seal(messages, out, cipher, source));
    CHECK(out.messages() == messages.messages());
    return flatten(out);
  }
  verdict feed(std::string_view bytes) {
    slab_ref owner = source.take(bytes.size());
    std::memcpy(owner->data(), bytes.data(), bytes.size());
    return input.receive(owner, {owner->data(), bytes.size()}, plain);
  }
  std::vector<frames> delivered() {
    auto got = decode(plain.delivered());
    REQUIRE(got);
    return *got;
  }
  frame_limits limits;
  toy_cipher cipher;
  exact_source source;
  commands told;
  traffic plain;
  boxed_input input;
};

std::vector<frames> many(std::size_t count, std::size_t size) {
  std::vector<frames> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({std::string(size, static_cast<char>('a' + i % 26))});
  return out;
}

} // namespace

TEST_CASE("A batch becomes boxes, each in a frame without flags") {
  bed at;
  const std::string small = at.boxed(at.framed({{"hello", "x"}}));
  CHECK(small
        == hex("00 26") + std::string(32, '#') + "\x01idmmn" // "hello", MORE
             + hex("00 22") + std::string(32, '#') + '\0' + "y");
  // From 223 octets on the box needs a long header, from 256 on the frame.
  for (const std::size_t size : {222UL, 223UL, 255UL, 256UL, 5000UL}) {
    const std::string one = at.boxed(at.framed({{std::string(size, 'x')}}));
    CHECK(one.size() == (size + 33 > 255 ? 9 : 2) + 33 + size);
    CHECK(one[0] == (size + 33 > 255 ? '\x02' : '\x00'));
  }
}

TEST_CASE("What fits a receive buffer stays one run") {
  for (const std::size_t size : {0UL, 1UL, 64UL, 222UL, 223UL, 256UL, 4000UL}) {
    bed at;
    const auto messages = many(20, size);
    REQUIRE_FALSE(at.feed(at.boxed(at.framed(messages))));
    CHECK((at.delivered() == messages));
    CHECK(at.plain.delivered().segments().size() == 1);
  }
}

TEST_CASE("Large bodies stay where they were opened") {
  bed at;
  const std::vector<frames> messages{{"a"},
                                     {"b"},
                                     {std::string(attach_threshold, 'l')},
                                     {"c", std::string(9000, 'm'), "d"},
                                     {"e"}};
  const std::string wire = at.boxed(at.framed(messages));
  const std::size_t before = at.source.largest;
  REQUIRE_FALSE(at.feed(wire));
  CHECK((at.delivered() == messages));
  // Nothing was copied but a short frame that waited for its last one.
  CHECK(at.source.largest == std::max(before, wire.size()));
}

TEST_CASE("Boxes split anywhere tell the same") {
  const std::vector<frames> messages{
    {"hello"}, {"a", "", "b"}, {std::string(300, 'x')}, {""}, {"end"}};
  bed whole;
  const std::string wire = whole.boxed(whole.framed(messages));
  for (std::size_t at = 0; at <= wire.size(); ++at) {
    bed split;
    REQUIRE_FALSE(split.feed(wire.substr(0, at)));
    REQUIRE_FALSE(split.feed(wire.substr(at)));
    CHECK(split.delivered() == messages);
  }
  for (const std::size_t piece : {1UL, 2UL, 3UL, 37UL}) {
    bed pieces;
    for (std::size_t at = 0; at < wire.size(); at += piece)
      REQUIRE_FALSE(pieces.feed(wire.substr(at, piece)));
    CHECK(pieces.delivered() == messages);
  }
}

TEST_CASE("Commands in boxes are heard between messages") {
  bed at;
  batch mixed = at.framed({{"one"}});
  batch_writer writer(at.source);
  REQUIRE(writer.append_command(mixed, "PING", "xy"));
  batch two = at.framed({{"two"}});
  mixed.splice(two);
  REQUIRE_FALSE(at.feed(at.boxed(mixed)));
  CHECK(at.told.heard == std::vector<std::string>{"\x04PINGxy"});
  CHECK(at.delivered() == std::vector<frames>{{"one"}, {"two"}});
}

TEST_CASE("What came before a bad box is delivered") {
  bed at;
  std::string wire = at.boxed(at.framed({{"one"}, {"two"}, {"three"}}));
  const std::size_t second = 2 + 33 + 3;
  wire[second + 2] = '!';
  const verdict bad = at.feed(wire);
  REQUIRE(bad);
  CHECK(bad->detail == protocol_detail::cryptographic);
  CHECK(at.delivered() == std::vector<frames>{{"one"}});
}

TEST_CASE("Flags outside of a box are refused, and lengths beyond the limit") {
  frame_limits limits;
  limits.body = 100;
  limits.command = 50;
  for (const char flags : {'\x01', '\x04', '\x05', '\x08', '\x80'}) {
    bed at(limits);
    std::string wire = at.boxed(at.framed({{"one"}}));
    wire[0] = flags;
    const verdict bad = at.feed(wire);
    REQUIRE(bad);
    CHECK(bad->reason == errc::protocol_error);
  }
  bed fits(limits);
  CHECK_FALSE(fits.feed(fits.boxed(fits.framed({{std::string(100, 'x')}}))));
  bed longer(limits);
  const verdict bad =
    longer.feed(longer.boxed(longer.framed({{std::string(101, 'x')}})));
  REQUIRE(bad);
  CHECK(bad->reason == errc::message_too_long);
}

TEST_CASE("Sealing takes slabs of a size that caches and pools like") {
  bed at;
  const batch messages = at.framed(many(10000, 100));
  at.source.largest = 0;
  batch out;
  REQUIRE(seal(messages, out, at.cipher, at.source));
  CHECK(at.source.largest == 256 * 1024);
  CHECK(out.bytes() == 10000 * 135);
  CHECK(out.segments().size() == 6);

  const batch large = at.framed({{std::string(1 << 20, 'x')}});
  batch boxed;
  REQUIRE(seal(large, boxed, at.cipher, at.source));
  CHECK(at.source.largest == (1 << 20) + 9 + 33);

  at.source.refuse_above = 1000;
  batch none;
  CHECK_FALSE(seal(messages, none, at.cipher, at.source));
}

TEST_CASE("What was written of boxes is counted in messages") {
  bed at;
  const batch messages = at.framed({{"a", "b"}, {std::string(300, 'x')}, {""}});
  const std::size_t ends[] = {2 * 36, 72 + 342, 72 + 342 + 35};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(count_sealed(messages.segments(), 33, ends[i]) == i + 1);
    CHECK(count_sealed(messages.segments(), 33, ends[i] - 1) == i);
  }
  CHECK(count_sealed(messages.segments(), 33, 0) == 0);
}
