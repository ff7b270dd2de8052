// SPDX-License-Identifier: MPL-2.0
//
// The scan of a buffer for whole messages: where it stops, and why.

#include "libzmqrt/wire/scanner.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

struct row {
  const char* bytes;
  scan_stop why;
  std::uint64_t messages;
  std::size_t behind; // offset behind the last whole message
  std::size_t at;     // offset where it stopped
  std::size_t frames; // of the unfinished message
};

const frame_limits tight{300, 10, 3, 0x07};

} // namespace

TEST_CASE("The scan finds the run of whole messages") {
  const row rows[] = {
    {"", scan_stop::exhausted, 0, 0, 0, 0},
    {"00 00", scan_stop::exhausted, 1, 2, 2, 0},
    {"00 01 61 00 01 62", scan_stop::exhausted, 2, 6, 6, 0},
    {"00", scan_stop::partial, 0, 0, 0, 0},
    {"00 02 61", scan_stop::partial, 0, 0, 0, 0},
    {"00 00 02 00", scan_stop::partial, 1, 2, 2, 0},
    {"01 01 61", scan_stop::exhausted, 0, 0, 3, 1},
    {"01 00 01 00", scan_stop::exhausted, 0, 0, 4, 2},
    {"01 00 01 00 00 00", scan_stop::exhausted, 1, 6, 6, 0},
    {"00 00 01 01 61 00 05 62", scan_stop::partial, 1, 2, 5, 1},
    {"02 0000000000000001 61", scan_stop::exhausted, 1, 10, 10, 0},
    {"00 00 04 02 0141 00 00", scan_stop::command, 1, 2, 2, 0},
    {"01 00 04 02 0141", scan_stop::command, 0, 0, 2, 1},
    {"04 05 0141", scan_stop::partial, 0, 0, 0, 0},
    {"06 00", scan_stop::partial, 0, 0, 0, 0},
    // violations, after one message
    {"00 00 08 00", scan_stop::bad_flags, 1, 2, 2, 0},
    {"00 00 80 00", scan_stop::bad_flags, 1, 2, 2, 0},
    {"00 00 05 00", scan_stop::bad_flags, 1, 2, 2, 0}, // command with more
    {"00 00 02 000000000000012d", scan_stop::too_long, 1, 2, 2, 0}, // 301
    {"00 00 02 ffffffffffffffff", scan_stop::too_long, 1, 2, 2, 0},
    {"00 00 04 0b", scan_stop::too_long, 1, 2, 2, 0}, // 11
    {"00 00 06 000000000000000b", scan_stop::too_long, 1, 2, 2, 0},
    {"00 00 01 00 01 00 01 00", scan_stop::too_many, 1, 2, 6, 2},
    // at the limits
    {"02 000000000000012c", scan_stop::partial, 0, 0, 0, 0},
    {"04 0a", scan_stop::partial, 0, 0, 0, 0},
  };
  for (const row& want : rows) {
    INFO(want.bytes);
    const std::string text = hex(want.bytes);
    const std::byte* begin = octets(text).data();
    const scan got = scan_frames(begin, begin + text.size(), tight, 0);
    CHECK(got.why == want.why);
    CHECK(got.messages == want.messages);
    CHECK(got.behind_messages == begin + want.behind);
    CHECK(got.at == begin + want.at);
    CHECK(got.frames == want.frames);
  }
}

TEST_CASE("The scan counts on from the frames of earlier buffers") {
  const std::string more = hex("01 00");
  const std::byte* begin = octets(more).data();
  CHECK(scan_frames(begin, begin + 2, tight, 1).frames == 2);
  CHECK(scan_frames(begin, begin + 2, tight, 2).why == scan_stop::too_many);
}

TEST_CASE("A limit of 0 lets empty frames pass") {
  const frame_limits none{0, 10, 3, 0x07};
  const std::string text = hex("00 00 00 01 61");
  const std::byte* begin = octets(text).data();
  const scan got = scan_frames(begin, begin + text.size(), none, 0);
  CHECK(got.messages == 1);
  CHECK(got.why == scan_stop::too_long);
}
