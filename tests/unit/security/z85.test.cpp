// SPDX-License-Identifier: MPL-2.0
//
// Z85 both ways, against RFC 32's own examples, and everything that is none.

#include "libzmqrt/keys/z85.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;
using namespace zmqrt::wire_test;

namespace {

std::string decoded(std::string_view z85) {
  const auto got = z85_decode(z85);
  return {reinterpret_cast<const char*>(got.data()), got.size()};
}

std::string rule_of(std::string_view z85) {
  std::string to(z85.size(), '\0');
  const char* const rule =
    keys::decode_z85(z85, std::as_writable_bytes(std::span{to}).data());
  return rule == nullptr ? "" : rule;
}

// RFC 32, "Test Case", and libzmq's test keys, which its manual shows, too.
const std::pair<const char*, const char*> known[] = {
  {"86 4f d2 6f b5 59 f7 5b", "HelloWorld"},
  {"bb 88 47 1d 65 e2 65 9b 30 c5 5a 53 21 ce bb 5a"
   "ab 2b 70 a3 98 64 5c 26 dc a2 b2 fc b4 3f c5 18",
   "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
  {"8e 0b dd 69 76 28 b9 1d 8f 24 55 87 ee 95 c5 b0"
   "4d 48 96 3f 79 25 98 77 b4 9c d9 06 3a ea d3 b7",
   "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"},
  {"", ""},
  {"00 00 00 00", "00000"},
  {"ff ff ff ff", "%nSc0"},
};

} // namespace

TEST_CASE("Z85 of what is known") {
  for (const auto& [octets_hex, z85] : known) {
    INFO(z85);
    CHECK(z85_encode(octets(hex(octets_hex))) == z85);
    CHECK(decoded(z85) == hex(octets_hex));
  }
}

TEST_CASE("Z85 refuses what no octets are written as") {
  const std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    ".-:+=^!/*?&<>()[]{}@%$#";
  for (int c = 0; c < 256; ++c) {
    const bool valid = alphabet.find(static_cast<char>(c)) != alphabet.npos;
    for (std::size_t at = 0; at < 5; ++at) {
      std::string text = "00000";
      text[at] = static_cast<char>(c);
      INFO("character " << c << " at " << at);
      CHECK((rule_of(text) != "a character that is not Z85's") == valid);
    }
  }
  for (std::size_t size = 1; size < 12; ++size)
    if (size % 5 != 0)
      CHECK(rule_of(std::string(size, '0')) == "a multiple of five characters");
  // One more than ffffffff, and the most that five characters can say.
  for (const char* beyond : {"%nSc1", "%nSd0", "#####", "00000#####"})
    CHECK(rule_of(beyond) == "a group beyond four octets");
}

TEST_CASE("Z85 says at the public face what is wrong") {
  for (const std::size_t size : {1, 2, 3, 5, 31})
    CHECK_THROWS_WITH(z85_encode(octets(std::string(size, 'x'))),
                      Catch::StartsWith("Z85: a multiple of four octets"));
  CHECK_THROWS_WITH(z85_decode("0000"),
                    Catch::StartsWith("Z85: a multiple of five characters"));
  CHECK_THROWS_AS(z85_decode("0000 "), error);
}
