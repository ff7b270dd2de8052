// SPDX-License-Identifier: MPL-2.0
//
// Ready-made rules for who may come in: addresses, users with passwords, keys.
// An authenticator follows them (zmqrt/actors.hpp); an actor of your own may
// ask them. A value; copies know nothing of one another. One thread at a time,
// `decide` of one object any number of them.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zmqrt/authentication.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/export.hpp"

namespace zmqrt {

/// Two questions, and both have to be answered with yes.
///
/// The address: one in a denied network is refused, whatever else is said; once
/// a network is allowed, so are all addresses outside of the allowed ones.
/// Peers over ipc are in no network: they are refused where an allow list is,
/// and let pass where there are only denied ones.
///
/// The credentials, by the mechanism that the socket's options chose: NULL has
/// none, and its peers are let in; PLAIN needs a user that was added, CURVE a
/// key that was allowed. So rules without any let in NULL's peers, no others.
class ZMQRT_EXPORT auth_rules {
public:
  /// Throws std::bad_alloc.
  auth_rules();
  auth_rules(const auth_rules& other);
  /// What was moved from may be assigned to and destroyed, no more.
  auth_rules(auth_rules&& other) noexcept;
  auth_rules& operator=(const auth_rules& other);
  auth_rules& operator=(auth_rules&& other) noexcept;
  ~auth_rules();

  /// An address or a network: "192.0.2.1", "192.0.2.0/24", "2001:db8::/32".
  /// An IPv4 peer is the same on listeners of either family. Throws error
  /// (invalid_argument) for other text.
  auth_rules& allow_address(std::string_view network);
  /// As allow_address; denied wins.
  auth_rules& deny_address(std::string_view network);

  /// For PLAIN. At most 255 octets each, which may be any; throws error
  /// (invalid_argument) for more, without repeating the password. A name may be
  /// added with several passwords, as while one is replaced: each holds.
  /// The password is not kept, only a hash under a key of this object's (and
  /// its copies'), which is wiped with the last of them.
  auth_rules& add_user(std::string_view name, std::string_view password);

  /// For CURVE: a client's permanent public key, and the User-Id of its
  /// messages; none means the key in Z85. Once more: the last user id holds.
  auth_rules& allow_key(const curve_public_key& key, std::string user_id = {});
  /// For CURVE: whoever has the server's key may come in; keys of allow_key
  /// keep their user ids. Encryption without authentication of clients.
  auth_rules& allow_any_key();

  /// 200 with the user id (PLAIN: the user's name; NULL: none), or 400 and why,
  /// in words that have no credentials in them. How long it takes for PLAIN
  /// does not tell whether there is a user of that name, nor how much of a
  /// password is right. Does not block. Throws std::bad_alloc.
  [[nodiscard]] auth_reply decide(const auth_request& who) const;

private:
  struct tables;
  std::unique_ptr<tables> tables_;
};

} // namespace zmqrt
