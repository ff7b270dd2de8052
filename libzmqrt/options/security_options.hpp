// SPDX-License-Identifier: MPL-2.0
//
// The options of security mechanisms (zmq_setsockopt(3)), which are more than
// stored values: setting one also says which mechanism is used, and the last
// one says it. Keys lie in guarded memory that copies share. Pure; belongs to
// whoever holds the socket_options.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "libzmqrt/message/result.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/option.hpp"

namespace zmqrt {

/// The values of MECHANISM (zmq_getsockopt(3)).
enum class security_mechanism : std::uint8_t { null, plain, curve };

/// A password, wiped when the last copy of it is gone.
using shared_password = std::shared_ptr<const std::string>;

struct security_options {
  security_mechanism mechanism = security_mechanism::null;
  bool as_server = false;
  std::string plain_username;
  shared_password plain_password; ///< null: none
  curve_public_key curve_publickey{};
  std::optional<curve_secret_key> curve_secretkey;
  curve_public_key curve_serverkey{};
};

/// Stores a security option's value (of its type, within its range). The answer
/// is empty, or invalid_argument and the rule that was broken, without the
/// value; then nothing has changed.
[[nodiscard]] std::optional<failure> set_security(security_options& in, int id,
                                                  option_value& value);

/// The value as it is read back: keys as 32 octets, those that are not set all
/// zero, as in libzmq.
[[nodiscard]] option_value get_security(const security_options& in, int id);

} // namespace zmqrt
