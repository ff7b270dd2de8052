// SPDX-License-Identifier: MPL-2.0
//
// Who is let in by which rules, and as whom.

#include "zmqrt/auth_rules.hpp"

#include "tests/support/catch.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;

namespace {

auth_request request(std::string mechanism, std::string address = "192.0.2.1",
                     std::vector<std::string> credentials = {}) {
  auth_request out;
  out.mechanism = std::move(mechanism);
  out.address = std::move(address);
  out.credentials = std::move(credentials);
  return out;
}

auth_request plain(std::string name, std::string password) {
  return request("PLAIN", "192.0.2.1", {std::move(name), std::move(password)});
}

curve_public_key key_of(char octet) {
  curve_public_key out;
  out.fill(static_cast<std::byte>(octet));
  return out;
}

auth_request curve(char octet) {
  return request("CURVE", "192.0.2.1",
                 {std::string(curve_key_size, static_cast<char>(octet))});
}

/// The user id, "-" for none, or "no".
std::string outcome(const auth_rules& rules, const auth_request& who) {
  const auto reply = rules.decide(who);
  CHECK(!reply.text.empty());
  CHECK(reply.metadata.empty());
  if (reply.status != 200) {
    CHECK(reply.status == 400);
    CHECK(reply.user_id.empty());
    return "no";
  }
  return reply.user_id.empty() ? "-" : reply.user_id;
}

bool lets_in(const auth_rules& rules, const std::string& address) {
  return outcome(rules, request("NULL", address)) != "no";
}

} // namespace

TEST_CASE("rules without any let in NULL's peers and no others") {
  const auth_rules none;
  CHECK(lets_in(none, "192.0.2.1"));
  CHECK(lets_in(none, ""));
  CHECK(lets_in(none, "localhost:0:0:4711"));
  CHECK(lets_in(none, "what is that"));
  CHECK(outcome(none, plain("", "")) == "no");
  CHECK(outcome(none, plain("ann", "secret")) == "no");
  CHECK(outcome(none, curve('a')) == "no");
  CHECK(outcome(none, request("GSSAPI")) == "no");
  CHECK(outcome(none, request("")) == "no");
}

TEST_CASE("rules for addresses") {
  struct row {
    const char* address;
    bool allowed_net; ///< allowed: 192.0.2.0/24, 2001:db8::/32
    bool denied_net;  ///< denied: 192.0.2.128/25, 2001:db8:1::/48
    bool both;
  };
  const row rows[] = {
    {"192.0.2.1", true, true, true},
    {"192.0.2.129", true, false, false},
    {"::ffff:192.0.2.1", true, true, true},
    {"::ffff:192.0.2.129", true, false, false},
    {"198.51.100.1", false, true, false},
    {"2001:db8::1", true, true, true},
    {"2001:db8::1%eth0", true, true, true},
    {"2001:db8:1::1", true, false, false},
    {"2001:db8:1::1%eth0", true, false, false},
    {"2001:db9::1", false, true, false},
    {"", false, true, false}, // ipc
    {"localhost:0:0:4711", false, true, false},
    {"localhost", false, false, false},
    {"nobody knows", false, false, false},
  };
  auth_rules allows;
  allows.allow_address("192.0.2.0/24").allow_address("2001:db8::/32");
  auth_rules denies;
  denies.deny_address("192.0.2.128/25").deny_address("2001:db8:1::/48");
  auth_rules both = denies;
  both.allow_address("2001:db8::/32").allow_address("192.0.2.0/24");
  for (const row& each : rows) {
    INFO('"' << each.address << '"');
    CHECK(lets_in(allows, each.address) == each.allowed_net);
    CHECK(lets_in(denies, each.address) == each.denied_net);
    CHECK(lets_in(both, each.address) == each.both);
  }
}

TEST_CASE("an address that is not let in needs no right credentials") {
  auth_rules rules;
  rules.add_user("ann", "secret").allow_any_key().deny_address("192.0.2.1");
  CHECK(outcome(rules, plain("ann", "secret")) == "no");
  CHECK(outcome(rules, curve('a')) == "no");
}

TEST_CASE("bad networks are refused, and change nothing") {
  auth_rules rules;
  for (const char* bad : {"", "192.0.2", "192.0.2.0/33", "::1/129", "localhost",
                          "192.0.2.1:80", "[::1]", "192.0.2.0/", "/24"}) {
    INFO('"' << bad << '"');
    CHECK_THROWS_AS(rules.allow_address(bad), error);
    CHECK_THROWS_AS(rules.deny_address(bad), error);
  }
  CHECK(lets_in(rules, ""));
  CHECK(lets_in(rules, "192.0.2.1"));
  try {
    rules.allow_address("localhost");
  } catch (const error& wrong) {
    CHECK(wrong.code() == errc::invalid_argument);
    CHECK(wrong.subject() == "localhost");
  }
}

TEST_CASE("users and passwords") {
  auth_rules rules;
  rules.add_user("ann", "secret").add_user("bob", "hidden");
  CHECK(outcome(rules, plain("ann", "secret")) == "ann");
  CHECK(outcome(rules, plain("bob", "hidden")) == "bob");
  for (const auto& [name, password] :
       std::vector<std::pair<std::string, std::string>>{
         {"ann", "hidden"},
         {"ann", ""},
         {"ann", "secre"},
         {"ann", "secret2"},
         {"ann", std::string("secret\0", 7)},
         {"Ann", "secret"},
         {"", "secret"},
         {"annsecret", ""},
         {"an", "nsecret"},
         {"anns", "ecret"},
         {"", ""}}) {
    INFO(name << '/' << password);
    CHECK(outcome(rules, plain(name, password)) == "no");
  }
}

TEST_CASE("a name may have several passwords") {
  auth_rules rules;
  rules.add_user("ann", "old").add_user("ann", "new").add_user("ann", "new");
  CHECK(outcome(rules, plain("ann", "old")) == "ann");
  CHECK(outcome(rules, plain("ann", "new")) == "ann");
  CHECK(outcome(rules, plain("ann", "")) == "no");
}

TEST_CASE("names and passwords of any octets, up to 255") {
  const std::string most(255, '\xff');
  const std::string zeros(3, '\0');
  auth_rules rules;
  rules.add_user(most, most).add_user(zeros, "").add_user("", zeros);
  CHECK(outcome(rules, plain(most, most)) == most);
  CHECK(outcome(rules, plain(zeros, "")) == zeros);
  CHECK(outcome(rules, plain("", zeros)) == "-");
  CHECK(outcome(rules, plain(most, most.substr(1))) == "no");
  CHECK(outcome(rules, plain(zeros, zeros)) == "no");
  CHECK(outcome(rules, plain(most + "x", most)) == "no");
  CHECK(outcome(rules, plain(most, most + "x")) == "no");
  CHECK_THROWS_WITH(rules.add_user(most + "x", ""),
                    Catch::StartsWith("user name: at most 255 octets"));
  const std::string long_secret = "hush" + most;
  CHECK_THROWS_WITH(rules.add_user("ann", long_secret),
                    Catch::StartsWith("password: at most 255 octets")
                      && !Catch::Contains("hush"));
}

TEST_CASE("PLAIN's credentials are two, CURVE's one of 32 octets") {
  auth_rules rules;
  rules.add_user("", "").allow_any_key();
  const std::string key(curve_key_size, 'a');
  for (const auto& bad : std::vector<std::vector<std::string>>{
         {}, {""}, {"", "", ""}, {key + "a"}, {key.substr(1)}, {key, key}}) {
    INFO(bad.size() << " credentials");
    CHECK(outcome(rules, request("PLAIN", "192.0.2.1", bad)) == "no");
    CHECK(outcome(rules, request("CURVE", "192.0.2.1", bad)) == "no");
  }
  CHECK(outcome(rules, plain("", "")) == "-");
}

TEST_CASE("keys and their user ids") {
  auth_rules rules;
  rules.allow_key(key_of('a'), "ann").allow_key(key_of('b'));
  CHECK(outcome(rules, curve('a')) == "ann");
  CHECK(outcome(rules, curve('b')) == z85_encode(key_of('b')));
  CHECK(outcome(rules, curve('c')) == "no");
  rules.allow_key(key_of('a'), "anna").allow_any_key();
  CHECK(outcome(rules, curve('a')) == "anna");
  CHECK(outcome(rules, curve('c')) == z85_encode(key_of('c')));
  // Users and keys are no rules for one another.
  CHECK(outcome(rules, plain("ann", "")) == "no");
}

TEST_CASE("the words of a refusal have no credentials in them") {
  auth_rules rules;
  rules.add_user("ann", "secret").allow_key(key_of('a'));
  for (const auto& who : {plain("ann", "wrong"), plain("bob", "secret")}) {
    const auto text = rules.decide(who).text;
    CHECK(text == rules.decide(plain("x", "y")).text); // nor which was wrong
    for (const char* word : {"ann", "bob", "secret", "wrong"})
      CHECK_THAT(text, !Catch::Contains(word));
  }
  CHECK_THAT(rules.decide(curve('b')).text, !Catch::Contains("bbbb"));
}

TEST_CASE("copies of rules know nothing of one another") {
  auth_rules one;
  one.add_user("ann", "secret").allow_key(key_of('a'), "ann");
  auth_rules other = one;
  other.add_user("bob", "hidden").allow_any_key().deny_address("::1");
  one.add_user("eve", "what");
  CHECK(outcome(other, plain("ann", "secret")) == "ann");
  CHECK(outcome(other, plain("bob", "hidden")) == "bob");
  CHECK(outcome(other, plain("eve", "what")) == "no");
  CHECK(outcome(one, plain("bob", "hidden")) == "no");
  CHECK(outcome(one, curve('c')) == "no");
  CHECK(lets_in(one, "::1"));

  auth_rules moved = std::move(other);
  CHECK(outcome(moved, plain("bob", "hidden")) == "bob");
  other = one;
  CHECK(outcome(other, plain("eve", "what")) == "eve");
  const auth_rules& self = one;
  one = self;
  CHECK(outcome(one, plain("eve", "what")) == "eve");
  one = std::move(moved);
  CHECK(outcome(one, plain("eve", "what")) == "no");
  CHECK(!lets_in(one, "::1"));
}
