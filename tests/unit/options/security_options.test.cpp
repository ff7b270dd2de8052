// SPDX-License-Identifier: MPL-2.0
//
// The options of security: which mechanism they come to, the forms of keys,
// and what is read back (zmq_setsockopt(3)).

#include "libzmqrt/options/option_table.hpp"
#include "tests/support/catch.hpp"
#include "zmqrt/curve.hpp"

using namespace zmqrt;

namespace {

struct nothing_live final : live_options {
  option_value live_option(int) const override {
    FAIL("is a stored value");
    return {};
  }
};

std::string set(socket_options& in, int id, option_value value) {
  const auto why = set_option(in, socket_type::push, id, std::move(value),
                              option_moment::has_endpoints);
  return why ? why->rule : "accepted";
}

std::string text_in(const socket_options& from, int id) {
  return std::get<std::string>(*get_option(from, id, nothing_live{}));
}
bool flag_in(const socket_options& from, int id) {
  return std::get<bool>(*get_option(from, id, nothing_live{}));
}

std::string octets(const auto& key) {
  return std::string{curve_octets(key)};
}

using mechanism = security_mechanism;

} // namespace

TEST_CASE("the last security option says which mechanism, and which side") {
  struct step {
    int id;
    option_value value;
    mechanism becomes;
    bool server;
  };
  const auto keys = curve_keypair();
  const std::string key = octets(keys.public_key);
  const step steps[] = {
    {option::plain_server.id, true, mechanism::plain, true},
    {option::curve_publickey.id, key, mechanism::curve, true},
    {option::plain_username.id, std::string{"ann"}, mechanism::plain, false},
    {option::curve_server.id, true, mechanism::curve, true},
    {option::plain_password.id, std::string{"word"}, mechanism::plain, false},
    {option::plain_server.id, true, mechanism::plain, true},
    {option::plain_server.id, false, mechanism::null, false},
    {option::curve_secretkey.id, octets(keys.secret_key), mechanism::curve,
     false},
    {option::curve_server.id, true, mechanism::curve, true},
    {option::curve_serverkey.id, key, mechanism::curve, false},
    {option::curve_server.id, false, mechanism::null, false},
    {option::plain_username.id, std::string{"ann"}, mechanism::plain, false},
    {option::plain_username.id, std::string{}, mechanism::null, false},
    {option::zap_domain.id, std::string{"any"}, mechanism::null, false},
  };
  socket_options in;
  for (const step& each : steps) {
    CAPTURE(option_name(each.id));
    REQUIRE(set(in, each.id, each.value) == "accepted");
    CHECK(in.security.mechanism == each.becomes);
    CHECK(in.security.as_server == each.server);
    CHECK(flag_in(in, option::plain_server.id)
          == (each.server && each.becomes == mechanism::plain));
    CHECK(flag_in(in, option::curve_server.id)
          == (each.server && each.becomes == mechanism::curve));
  }
}

TEST_CASE("keys are 32 octets, or Z85 with or without its final zero") {
  const auto keys = curve_keypair();
  const std::string secret = octets(keys.secret_key);
  const std::string z85 = z85_encode(keys.secret_key.octets());
  for (const int id : {option::curve_publickey.id, option::curve_secretkey.id,
                       option::curve_serverkey.id}) {
    CAPTURE(option_name(id));
    socket_options in;
    CHECK(text_in(in, id) == std::string(32, '\0'));
    for (const std::string& form : {secret, z85, z85 + '\0'}) {
      REQUIRE(set(in, id, form) == "accepted");
      CHECK(text_in(in, id) == secret);
    }
    for (const std::string& bad :
         {z85 + ' ', std::string(40, ' '), std::string(33, 'a')}) {
      CHECK(set(in, id, bad) == "must be 32 octets, or 40 characters of Z85");
      CHECK(text_in(in, id) == secret);
    }
    for (const std::size_t size : {0UL, 31UL, 42UL})
      CHECK(set(in, id, std::string(size, 'a')).starts_with("must be 32 to"));
  }
}

TEST_CASE("a key that is refused chooses no mechanism") {
  socket_options in;
  REQUIRE(set(in, option::plain_server.id, true) == "accepted");
  REQUIRE(set(in, option::curve_serverkey.id, std::string(40, ' '))
          != "accepted");
  CHECK(in.security.mechanism == mechanism::plain);
  CHECK(in.security.as_server);
}

TEST_CASE("names and passwords are bounded, and read back") {
  socket_options in;
  const std::string most(255, 'p');
  for (const int id : {option::plain_username.id, option::plain_password.id}) {
    REQUIRE(set(in, id, most) == "accepted");
    CHECK(text_in(in, id) == most);
    CHECK(set(in, id, most + "p") == "must be 0 to 255 bytes long, not 256");
    CHECK(text_in(in, id) == most);
  }
}
