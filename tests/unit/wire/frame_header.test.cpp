// SPDX-License-Identifier: MPL-2.0
//
// Frame headers of both framings, read and written.

#include "libzmqrt/wire/frame_header.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

struct row {
  const char* header;
  std::size_t size; // 0: more octets are needed
  std::uint8_t flags;
  std::uint64_t body;
  bool valid;
};

} // namespace

TEST_CASE("Headers of ZMTP 2.0 and 3.x are read") {
  const row rows[] = {
    {"", 0, 0, 0, true},
    {"00", 0, 0, 0, true},
    {"00 00", 2, 0, 0, true},
    {"01 ff", 2, 1, 255, true},
    {"04 05", 2, 4, 5, true},
    {"02 00000000000000", 0, 2, 0, true},
    {"02 0000000000000100", 9, 2, 256, true},
    {"03 ffffffffffffffff", 9, 3, ~std::uint64_t{0}, true},
    {"06 0000000000000001", 9, 6, 1, true},
    {"f8 01", 2, 0xf8, 1, true}, // reserved bits are for check_header()
  };
  for (const row& want : rows) {
    INFO(want.header);
    const std::string text = hex(want.header);
    const auto got = read_v2_header(octets(text).data(), text.size());
    CHECK(got.size == want.size);
    CHECK(got.body == want.body);
    CHECK(got.flags == want.flags);
    CHECK(got.valid == want.valid);
  }
}

TEST_CASE("Headers of ZMTP 1.0 are read") {
  const row rows[] = {
    {"", 0, 0, 0, true},
    {"00", 0, 0, 0, false}, // the length counts the flags
    {"01", 0, 0, 0, true},
    {"01 00", 2, 0, 0, true},
    {"fe 01", 2, 1, 253, true},
    {"ff 00000000000000", 0, 0, 0, true},
    {"ff 0000000000000001", 0, 0, 0, true},
    {"ff 0000000000000001 00", 10, 0, 0, true},
    {"ff 00000000000000ff 01", 10, 1, 254, true},
    {"ff 0000000000000000 00", 10, 0, ~std::uint64_t{0}, false},
  };
  for (const row& want : rows) {
    INFO(want.header);
    const std::string text = hex(want.header);
    const auto got = read_v1_header(octets(text).data(), text.size());
    CHECK(got.valid == want.valid);
    CHECK(got.size == want.size);
    CHECK(got.body == want.body);
    CHECK(got.flags == want.flags);
  }
}

TEST_CASE("What is written is read again, in the shortest form") {
  for (const std::uint64_t body : {0ULL, 1ULL, 252ULL, 253ULL, 254ULL, 255ULL,
                                   256ULL, 65536ULL, 1ULL << 40}) {
    for (const bool more : {false, true}) {
      std::byte at[longest_header];
      const std::size_t v2 = write_v2_header(at, more, body);
      CHECK(v2 == (body < 256 ? 2 : 9));
      const auto second = read_v2_header(at, v2);
      CHECK(second.size == v2);
      CHECK(second.body == body);
      CHECK(((second.flags & frame_flag_more) != 0) == more);
      const std::size_t v1 = write_v1_header(at, more, body);
      CHECK(v1 == (body < 254 ? 2 : 10));
      const auto first = read_v1_header(at, v1);
      CHECK(first.size == v1);
      CHECK(first.body == body);
      CHECK((first.flags != 0) == more);
    }
  }
}
