// SPDX-License-Identifier: MPL-2.0
//
// Keys: pairs, what they are read from, how they compare, and that they go.

#include "tests/support/catch.hpp"
#include "tests/unit/security/parties.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;
using namespace zmqrt::security_test;

namespace {

// libzmq's test keys, which its manual shows, too.
constexpr std::string_view known_public =
  "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
constexpr std::string_view known_secret =
  "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

} // namespace

TEST_CASE("A public key follows from its secret one") {
  const curve_secret_key secret{known_secret};
  CHECK(curve_public(secret) == curve_public_key_from(known_public));
  CHECK(z85_encode(secret.octets()) == known_secret);
}

TEST_CASE("Key pairs are pairs, and each is another") {
  const curve_pair one = curve_keypair();
  const curve_pair other = curve_keypair();
  CHECK(curve_public(one.secret_key) == one.public_key);
  CHECK(one.public_key != other.public_key);
  CHECK_FALSE(one.secret_key == other.secret_key);

  unsigned char expected[32];
  crypto_scalarmult_base(expected, reinterpret_cast<const unsigned char*>(
                                     one.secret_key.octets().data()));
  CHECK(std::memcmp(expected, one.public_key.data(), 32) == 0);
}

TEST_CASE("Secret keys compare by their octets; copies share them") {
  const curve_secret_key one{known_secret};
  const curve_secret_key same{one.octets()};
  const curve_secret_key copy = one;
  CHECK(one == same);
  CHECK(one.octets().data() != same.octets().data());
  CHECK(one.octets().data() == copy.octets().data());
  std::string other = text(one.octets());
  other.back() ^= '\x01';
  CHECK_FALSE(one == curve_secret_key{octets(other).first<curve_key_size>()});
}

TEST_CASE("What is no key is refused, and not repeated") {
  const std::string bad[] = {"",
                             "short",
                             std::string(39, '0'),
                             std::string(41, '0'),
                             std::string(45, '0'),
                             std::string(39, '0') + "~",
                             std::string(40, '#')};
  for (const std::string& z85 : bad) {
    INFO(z85);
    for (const bool secret : {false, true}) {
      try {
        if (secret)
          static_cast<void>(curve_secret_key{z85});
        else
          static_cast<void>(curve_public_key_from(z85));
        FAIL("it was taken for a key");
      } catch (const error& why) {
        CHECK(why.code() == errc::invalid_argument);
        CHECK(why.subject() == "CURVE key");
        CHECK((z85.size() < 5
               || std::string_view{why.what()}.find(z85) == z85.npos));
      }
    }
  }
}

TEST_CASE("A connection's secrets are wiped when they move or go") {
  alignas(keys::secret<32>) std::byte place[sizeof(keys::secret<32>)];
  auto* const from = new (place) keys::secret<32>;
  std::memset(from->data(), 0x5a, 32);
  keys::secret<32> to = std::move(*from);
  CHECK(text(to.octets()) == std::string(32, '\x5a'));
  CHECK(text(from->octets()) == std::string(32, '\0'));
  *from = std::move(to);
  CHECK(text(from->octets()) == std::string(32, '\x5a'));
  CHECK(text(to.octets()) == std::string(32, '\0'));
  from->~secret();
  CHECK(text(place) == std::string(32, '\0'));
}

TEST_CASE("Secrets are the same, or not") {
  using keys::same_secret;
  CHECK(same_secret(octets("same"), octets("same")));
  CHECK(same_secret({}, {}));
  CHECK_FALSE(same_secret(octets("same"), octets("sane")));
  CHECK_FALSE(same_secret(octets("same"), octets("sam")));
}
