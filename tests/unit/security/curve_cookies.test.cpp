// SPDX-License-Identifier: MPL-2.0
//
// Cookies: good for a life and no more than two, one server's alone, and every
// octet counts.

#include "tests/support/catch.hpp"
#include "tests/unit/security/parties.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;

namespace {

constexpr time_point start{std::chrono::hours{5}};
constexpr duration tick{1};

struct bakery {
  seeded_entropy chance{3};
  curve_cookies jar{chance};
  cookie bake(time_point now) {
    cookie_content content;
    content.client.fill(std::byte{0xc1});
    std::memset(content.server.data(), 0x5e, curve_key_size);
    return jar.bake(content, now);
  }
  bool opens(const cookie& from, time_point now) {
    cookie_content out;
    if (!jar.open(from, now, out))
      return false;
    CHECK(text(out.client) == std::string(32, '\xc1'));
    CHECK(text(out.server.octets()) == std::string(32, '\x5e'));
    return true;
  }
};

} // namespace

TEST_CASE("Cookies open until their key is wiped") {
  // Baked at the start, and at the end, of its key's life.
  for (const duration baked : {duration{0}, cookie_life - tick}) {
    bakery at;
    static_cast<void>(at.bake(start));
    const cookie one = at.bake(start + baked);
    CHECK(at.opens(one, start + baked));
    CHECK(at.opens(one, start + cookie_life));
    static_cast<void>(at.bake(start + cookie_life)); // by another key
    CHECK(at.opens(one, start + 2 * cookie_life - tick));
    CHECK_FALSE(at.opens(one, start + 2 * cookie_life));
  }
}

TEST_CASE("Cookie keys are wiped in time, by whoever comes first") {
  bakery at;
  CHECK_FALSE(at.jar.expires());
  static_cast<void>(at.bake(start));
  CHECK(at.jar.expires() == start + cookie_life);
  at.jar.expire(start + cookie_life - tick);
  CHECK(at.jar.expires() == start + cookie_life);
  at.jar.expire(start + cookie_life);
  CHECK(at.jar.expires() == start + 2 * cookie_life);
  at.jar.expire(start + 2 * cookie_life);
  CHECK_FALSE(at.jar.expires());

  static_cast<void>(at.bake(start));
  at.jar.expire(start + 5 * cookie_life);
  CHECK_FALSE(at.jar.expires());
}

TEST_CASE("Cookies are never the same, and a key lasts its life") {
  bakery at;
  const cookie one = at.bake(start);
  const cookie two = at.bake(start);
  CHECK(one != two);
  CHECK(at.opens(one, start));
  CHECK(at.opens(two, start));
  CHECK(at.chance.given.size() == 3); // a key and two nonces
}

TEST_CASE("Cookies of another server, and changed ones, do not open") {
  bakery at;
  bakery other;
  other.chance = seeded_entropy{4};
  const cookie good = at.bake(start);
  static_cast<void>(other.bake(start));
  CHECK_FALSE(other.opens(good, start));
  for (std::size_t octet = 0; octet < good.size(); ++octet) {
    cookie bad = good;
    bad[octet] ^= std::byte{1};
    CHECK_FALSE(at.opens(bad, start));
  }
}
