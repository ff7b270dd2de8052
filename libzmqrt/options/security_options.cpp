// SPDX-License-Identifier: MPL-2.0
//
// What setting and reading each security option does. See the header.

#include "libzmqrt/options/security_options.hpp"

#include <algorithm>
#include <span>

#include "libzmqrt/keys/secret.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

shared_password guarded(const std::string& text) {
  return {new std::string{text}, [](std::string* gone) {
            keys::wipe(*gone);
            delete gone;
          }};
}

void choose(security_options& in, security_mechanism which, bool as_server) {
  in.mechanism = which;
  in.as_server = as_server;
}

/// A boolean that chooses a mechanism, or takes it back.
void become_server(security_options& in, security_mechanism which,
                   bool as_server) {
  choose(in, as_server ? which : security_mechanism::null, as_server);
}

/// Name and password; an empty one takes PLAIN back.
void become_plain_client(security_options& in, const std::string& given) {
  choose(in,
         given.empty() ? security_mechanism::null : security_mechanism::plain,
         false);
}

// -- keys ---------------------------------------------------------------------

constexpr std::size_t z85_key_size = 40; // and a final zero, as C has it

bool is_octets(const std::string& given) noexcept {
  return given.size() == curve_key_size;
}

std::span<const std::byte, curve_key_size> octets(const std::string& given) {
  return std::as_bytes(std::span{given}).first<curve_key_size>();
}

void read_key(curve_public_key& to, const std::string& given) {
  if (is_octets(given))
    std::ranges::copy(octets(given), to.begin());
  else
    to = curve_public_key_from(given);
}

void read_key(std::optional<curve_secret_key>& to, const std::string& given) {
  // Made before the earlier one goes.
  to = is_octets(given) ? curve_secret_key{octets(given)}
                        : curve_secret_key{std::string_view{given}};
}

template <class Key>
std::optional<failure> take_key(Key& to, std::string& given) {
  if (given.size() > z85_key_size && given.back() == '\0')
    given.pop_back();
  try {
    read_key(to, given);
  } catch (const error&) { // which knows of no option
    return failure{make_error_code(errc::invalid_argument),
                   "must be 32 octets, or 40 characters of Z85"};
  }
  return std::nullopt;
}

std::string text_of(std::span<const std::byte, curve_key_size> key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

} // namespace

std::optional<failure> set_security(security_options& in, int id,
                                    option_value& value) {
  auto* const text = std::get_if<std::string>(&value);
  const bool on = text == nullptr && std::get<bool>(value);
  std::optional<failure> why;
  switch (id) {
  case option::plain_server.id:
    become_server(in, security_mechanism::plain, on);
    return why;
  case option::plain_username.id:
    in.plain_username = *text;
    become_plain_client(in, *text);
    return why;
  case option::plain_password.id:
    in.plain_password = guarded(*text);
    become_plain_client(in, *text);
    return why;
  case option::curve_server.id:
    become_server(in, security_mechanism::curve, on);
    return why;
  case option::curve_publickey.id:
    why = take_key(in.curve_publickey, *text);
    break;
  case option::curve_secretkey.id:
    why = take_key(in.curve_secretkey, *text);
    break;
  case option::curve_serverkey.id:
    why = take_key(in.curve_serverkey, *text);
    if (!why)
      in.as_server = false;
    break;
  default:
    return why;
  }
  if (!why)
    in.mechanism = security_mechanism::curve;
  return why;
}

option_value get_security(const security_options& in, int id) {
  const auto serves = [&](security_mechanism which) {
    return in.as_server && in.mechanism == which;
  };
  switch (id) {
  case option::mechanism.id:
    return static_cast<int>(in.mechanism);
  case option::plain_server.id:
    return serves(security_mechanism::plain);
  case option::curve_server.id:
    return serves(security_mechanism::curve);
  case option::plain_password.id:
    return in.plain_password ? *in.plain_password : std::string{};
  case option::curve_publickey.id:
    return text_of(in.curve_publickey);
  case option::curve_serverkey.id:
    return text_of(in.curve_serverkey);
  case option::curve_secretkey.id:
    return in.curve_secretkey ? text_of(in.curve_secretkey->octets())
                              : std::string(curve_key_size, '\0');
  default:
    return in.plain_username;
  }
}

} // namespace zmqrt
