// SPDX-License-Identifier: MPL-2.0
//
// Rules as tables. See the header.

#include "zmqrt/auth_rules.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libzmqrt/endpoint/ip_network.hpp"
#include "libzmqrt/keys/entropy.hpp"
#include "libzmqrt/keys/secret.hpp"
#include "libzmqrt/keys/sodium.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

/// PLAIN's HELLO has one octet for the size of each (RFC 24).
constexpr std::size_t most_octets = 255;

using login = std::array<std::byte, 32>;
using login_key = keys::secret<32>;

/// It is a hash already, under a key that nobody else knows.
struct login_hash {
  std::size_t operator()(const login& of) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, of.data(), sizeof out);
    return out;
  }
};

struct login_equal {
  bool operator()(const login& a, const login& b) const noexcept {
    return keys::same_secret(a, b);
  }
};

/// BLAKE2b of name and password together. Looking for it takes a time that
/// hangs together with neither: a known name with a wrong password is as
/// foreign to the table as an unknown name, and nobody outside can tell which
/// entry it comes near to.
login make_login(const login_key& key, std::string_view name,
                 std::string_view password) {
  assert(name.size() <= most_octets && password.size() <= most_octets);
  crypto_generichash_state state;
  login out;
  const auto feed = [&state](std::string_view text) {
    crypto_generichash_update(
      &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  };
  crypto_generichash_init(&state, keys::raw(key.data()), key.octets().size(),
                          out.size());
  const auto size = static_cast<char>(name.size());
  feed({&size, 1}); // or "ab" and "c" would be "a" and "bc"
  feed(name);
  feed(password);
  crypto_generichash_final(&state, keys::raw(out.data()), out.size());
  keys::wipe(std::as_writable_bytes(std::span{&state, 1}));
  return out;
}

ip_network network_from(std::string_view text) {
  auto out = parse_ip_network(text);
  if (!out)
    throw error(out.why().code, text, out.why().rule);
  return *out;
}

/// ipc's peers have their uid, gid and pid where others have an address:
/// "localhost:0:0:4711", as in libzmq; or nothing, if the kernel does not tell.
bool is_ipc(std::string_view text) noexcept {
  return text.empty() || text.starts_with("localhost:");
}

/// IPv6's link-local addresses come with the interface behind a '%'.
std::optional<ip_address> address_from(std::string_view text) noexcept {
  return parse_ip_address(text.substr(0, text.find('%')));
}

bool any_contains(const std::vector<ip_network>& networks,
                  const ip_address& address) noexcept {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const auto& each) { return each.contains(address); });
}

auth_reply refuse(const char* why) {
  auth_reply out;
  out.status = 400;
  out.text = why;
  return out;
}

auth_reply let_in(std::string user_id) {
  auth_reply out;
  out.status = 200;
  out.text = "OK";
  out.user_id = std::move(user_id);
  return out;
}

} // namespace

struct auth_rules::tables {
  std::vector<ip_network> allowed;
  std::vector<ip_network> denied;
  std::shared_ptr<const login_key> key; ///< made for the first user
  std::unordered_set<login, login_hash, login_equal> logins;
  std::map<curve_public_key, std::string> keys;
  bool any_key = false;

  [[nodiscard]] bool lets_address_in(std::string_view text) const noexcept {
    if (is_ipc(text))
      return allowed.empty();
    const auto address = address_from(text);
    if (!address) // nothing is known of it
      return allowed.empty() && denied.empty();
    return !any_contains(denied, *address)
           && (allowed.empty() || any_contains(allowed, *address));
  }

  [[nodiscard]] auth_reply plain(const auth_request& who) const {
    if (who.credentials.size() != 2)
      return refuse("not a name and a password");
    const std::string& name = who.credentials[0];
    const std::string& password = who.credentials[1];
    if (name.size() > most_octets || password.size() > most_octets || !key
        || !logins.contains(make_login(*key, name, password)))
      return refuse("no such user, or another password");
    return let_in(name);
  }

  [[nodiscard]] auth_reply curve(const auth_request& who) const {
    curve_public_key theirs;
    if (who.credentials.size() != 1
        || who.credentials[0].size() != theirs.size())
      return refuse("not a public key");
    std::memcpy(theirs.data(), who.credentials[0].data(), theirs.size());
    const auto found = keys.find(theirs);
    if (found == keys.end() && !any_key)
      return refuse("the key is not allowed");
    if (found != keys.end() && !found->second.empty())
      return let_in(found->second);
    return let_in(z85_encode(theirs));
  }
};

auth_rules::auth_rules() : tables_(std::make_unique<tables>()) {
}

auth_rules::auth_rules(const auth_rules& other)
  : tables_(std::make_unique<tables>(*other.tables_)) {
}

auth_rules::auth_rules(auth_rules&& other) noexcept = default;

auth_rules& auth_rules::operator=(const auth_rules& other) {
  if (this != &other)
    tables_ = std::make_unique<tables>(*other.tables_);
  return *this;
}

auth_rules& auth_rules::operator=(auth_rules&& other) noexcept = default;

auth_rules::~auth_rules() = default;

auth_rules& auth_rules::allow_address(std::string_view network) {
  tables_->allowed.push_back(network_from(network));
  return *this;
}

auth_rules& auth_rules::deny_address(std::string_view network) {
  tables_->denied.push_back(network_from(network));
  return *this;
}

auth_rules& auth_rules::add_user(std::string_view name,
                                 std::string_view password) {
  if (name.size() > most_octets)
    throw error(errc::invalid_argument, "user name", "at most 255 octets");
  if (password.size() > most_octets)
    throw error(errc::invalid_argument, "password", "at most 255 octets");
  if (!tables_->key) {
    auto fresh = std::make_shared<login_key>();
    keys::system_entropy().fill(fresh->octets());
    tables_->key = std::move(fresh);
  }
  tables_->logins.insert(make_login(*tables_->key, name, password));
  return *this;
}

auth_rules& auth_rules::allow_key(const curve_public_key& key,
                                  std::string user_id) {
  tables_->keys.insert_or_assign(key, std::move(user_id));
  return *this;
}

auth_rules& auth_rules::allow_any_key() {
  tables_->any_key = true;
  return *this;
}

auth_reply auth_rules::decide(const auth_request& who) const {
  if (!tables_->lets_address_in(who.address))
    return refuse("the address is not allowed");
  if (who.mechanism == "NULL")
    return let_in({});
  if (who.mechanism == "PLAIN")
    return tables_->plain(who);
  if (who.mechanism == "CURVE")
    return tables_->curve(who);
  return refuse("no rules for this mechanism");
}

} // namespace zmqrt
