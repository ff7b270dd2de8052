// SPDX-License-Identifier: MPL-2.0
//
// The option table: one entry for each line of zmqrt/option_list.hpp, and the
// two doors to it. Pure; the caller guards the socket_options it hands in.
//
// How a socket uses it. socket::set(key, value) arrives as (number, value):
//
//   if (auto why = set_option(options, type, number, std::move(value), when))
//     throw error{why->code, option_name(number), why->rule};
//
// and get(key) as get_option(options, number, live), where `live` answers for
// the read-only ones (RCVMORE, FD, EVENTS, LAST_ENDPOINT, ...). set_raw() and
// get_raw() go through set_raw_option() and get_raw_option(), which read and
// write libzmq's representations and then do the same.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libzmqrt/message/result.hpp"
#include "libzmqrt/options/socket_options.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt {

/// How far the socket's life has come.
enum class option_moment : std::uint8_t {
  fresh,         ///< no bind or connect yet
  has_endpoints, ///< too late for some
};

/// Answers the options that are no stored value.
class live_options {
public:
  /// The value of the read-only option with this number, in the type that
  /// its line names.
  [[nodiscard]] virtual option_value live_option(int id) const = 0;

protected:
  ~live_options() = default;
};

enum class option_type : std::uint8_t {
  boolean,
  integer,
  int64,
  uint64,
  millis,
  text,
  binary,
};

enum class option_effect : std::uint8_t {
  at_once,
  next_endpoint,
  first_endpoint,
};

/// One line of the list.
struct option_spec {
  int id;
  std::string_view name; ///< as the key: "rcvhwm"
  option_type type;
  std::int64_t least;
  std::int64_t most;
  std::uint32_t sockets; ///< a bit for each socket_type
  option_access access;
  option_effect effect;
  /// Null for live and gathering ones.
  option_value (*read)(const socket_options& from);
  /// Null for those, and for those of security.
  void (*write)(socket_options& to, option_value&& value);
};

/// The whole table.
[[nodiscard]] std::span<const option_spec> all_options() noexcept;

/// Null for an unknown number.
[[nodiscard]] const option_spec* find_option(int id) noexcept;

/// "rcvhwm", or "option 4711" for an unknown number.
[[nodiscard]] std::string option_name(int id);

/// What SOCKS_PROXY may be: empty, or an address that can be connected to.
/// Errors: invalid_argument.
[[nodiscard]] std::optional<failure> check_socks_proxy(const std::string& text);

/// Checks and stores; the answer is empty, or invalid_argument and the rule
/// that was broken (then nothing has changed).
[[nodiscard]] std::optional<failure> set_option(socket_options& in,
                                                socket_type of, int id,
                                                option_value value,
                                                option_moment when);

/// Errors: invalid_argument (unknown, set-only).
[[nodiscard]] result<option_value> get_option(const socket_options& in, int id,
                                              const live_options& live);

/// The same by libzmq's representation: int for booleans, numbers and
/// milliseconds, int64_t and uint64_t, texts with or without a final zero,
/// bytes. Also takes IPV4ONLY (31). No bytes at all clear a gathered filter.
[[nodiscard]] std::optional<failure>
set_raw_option(socket_options& in, socket_type of, int id,
               std::span<const std::byte> value, option_moment when);

/// What zmq_getsockopt(3) would write: texts with their final zero.
[[nodiscard]] result<std::vector<std::byte>>
get_raw_option(const socket_options& in, int id, const live_options& live);

} // namespace zmqrt
