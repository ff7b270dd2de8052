// SPDX-License-Identifier: MPL-2.0
//
// Keys and Z85: zmq_curve_keypair(3), zmq_curve_public(3), zmq_z85_encode(3),
// zmq_z85_decode(3).

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

using key = std::array<char, 41>;

constexpr std::uint8_t octets[] = {0x86, 0x4f, 0xd2, 0x6f,
                                   0xb5, 0x59, 0xf7, 0x5b};
constexpr const char* text = "HelloWorld"; // RFC 32

} // namespace

TEST_CASE("a pair of keys is two texts of 40 characters") {
  key public_key;
  key secret_key;
  REQUIRE(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
  CHECK(std::strlen(public_key.data()) == 40);
  CHECK(std::strlen(secret_key.data()) == 40);
  CHECK(public_key != secret_key);
  std::uint8_t decoded[32];
  CHECK(zmq_z85_decode(decoded, secret_key.data()) == decoded);
}

TEST_CASE("no two pairs are equal") {
  key one;
  key other;
  key secret_one;
  key secret_other;
  REQUIRE(zmq_curve_keypair(one.data(), secret_one.data()) == 0);
  REQUIRE(zmq_curve_keypair(other.data(), secret_other.data()) == 0);
  CHECK(one != other);
  CHECK(secret_one != secret_other);
}

TEST_CASE("the public key follows from the secret one") {
  key public_key;
  key secret_key;
  key derived;
  REQUIRE(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
  REQUIRE(zmq_curve_public(derived.data(), secret_key.data()) == 0);
  CHECK(derived == public_key);
  // zmq_curve(7)'s pair.
  REQUIRE(
    zmq_curve_public(derived.data(), "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs")
    == 0);
  CHECK(derived.data()
        == std::string{"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"});
}

TEST_CASE("what is no key has no public key") {
  key derived;
  for (const char* const bad : {"", "########################################",
                                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    CAPTURE(bad);
    errno = 0;
    CHECK(zmq_curve_public(derived.data(), bad) == -1);
    CHECK(errno == EINVAL);
  }
}

TEST_CASE("Z85 is RFC 32's") {
  char encoded[11];
  REQUIRE(zmq_z85_encode(encoded, octets, sizeof octets) == encoded);
  CHECK(encoded == std::string{text});
  std::uint8_t decoded[sizeof octets];
  REQUIRE(zmq_z85_decode(decoded, text) == decoded);
  CHECK(std::memcmp(decoded, octets, sizeof octets) == 0);
}

TEST_CASE("nothing is encoded as nothing") {
  char encoded[] = "x";
  CHECK(zmq_z85_encode(encoded, octets, 0) == encoded);
  CHECK(encoded[0] == '\0');
}

TEST_CASE("octets come in fours") {
  char encoded[20];
  for (const std::size_t size : {1, 2, 3, 5, 7}) {
    CAPTURE(size);
    errno = 0;
    CHECK(zmq_z85_encode(encoded, octets, size) == nullptr);
    CHECK(errno == EINVAL);
  }
}

TEST_CASE("the greatest group is that of four octets") {
  std::uint8_t decoded[4];
  REQUIRE(zmq_z85_decode(decoded, "%nSc0") == decoded);
  for (const std::uint8_t each : decoded)
    CHECK(each == 0xff);
}

TEST_CASE("what is no Z85 is refused") {
  std::uint8_t decoded[32];
  for (const char* const bad :
       {"", "1", "1234", "123456", "     ", "1234\"", "#####", "%nSc1",
        "\x7f"
        "1234",
        "\x80"
        "1234",
        "\xff\xff\xff\xff\xff"}) {
    CAPTURE(bad);
    errno = 0;
    CHECK(zmq_z85_decode(decoded, bad) == nullptr);
    CHECK(errno == EINVAL);
  }
}
