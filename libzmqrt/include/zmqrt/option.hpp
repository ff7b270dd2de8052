// SPDX-License-Identifier: MPL-2.0
//
// Typed keys of the socket options (zmq_setsockopt(3)), for socket::set() and
// socket::get(): zmqrt::option::rcvhwm and so on, under libzmq's names in
// lower case. A wrong type does not compile, nor does getting a set-only
// option or setting a read-only one. Durations are std::chrono's.

#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace zmqrt {

/// "Without end", where an option counts -1 as that.
inline constexpr std::chrono::milliseconds infinite{-1};

/// What an option may hold.
using option_value = std::variant<bool, int, std::int64_t, std::uint64_t,
                                  std::chrono::milliseconds, std::string>;

enum class option_access : std::uint8_t { set_get, set_only, get_only };

/// The type of a key: an option's number in libzmq, what it holds, and what
/// may be done with it.
template <class Value, int Id, option_access Access>
struct option_key {
  using value_type = Value;
  static constexpr int id = Id;
  static constexpr option_access access = Access;
};

namespace detail {

template <class Given>
concept number =
  std::integral<Given> && !std::same_as<Given,
                                        bool> && !std::same_as<Given, char>;

template <class Held, class Given>
constexpr bool holds() {
  if constexpr (std::same_as<Held, bool>)
    return std::same_as<Given, bool>;
  else if constexpr (std::integral<Held>)
    return number<Given> && requires(Given given) {
      Held{given};
    };
  else if constexpr (std::same_as<Held, std::string>)
    return std::convertible_to<const Given&, std::string_view>;
  else // durations: those that lose nothing
    return std::convertible_to<Given, Held>;
}

} // namespace detail

/// `Key` may be set, and to a `Value`: no narrowing, no number for a bool or
/// for a duration.
template <class Key, class Value>
concept settable_with =
  Key::access
  != option_access::get_only&&
  detail::holds<typename Key::value_type, std::remove_cv_t<Value>>();

template <class Key>
concept gettable = Key::access != option_access::set_only;

namespace option {

namespace types {
using boolean = bool;
using integer = int;
using int64 = std::int64_t;
using uint64 = std::uint64_t;
using millis = std::chrono::milliseconds;
using text = std::string;
using binary = std::string;
} // namespace types

#define ZMQRT_OPTION(name, id, type, fallback, least, most, sockets, access,   \
                     effect)                                                   \
  inline constexpr option_key<types::type, id, option_access::access> name{};
#define ZMQRT_GATHERING_OPTION(name, id, type, least, most)                    \
  inline constexpr option_key<types::type, id, option_access::set_only> name{};
#define ZMQRT_SECURITY_OPTION(name, id, type, least, most)                     \
  inline constexpr option_key<types::type, id, option_access::set_get> name{};
#define ZMQRT_LIVE_OPTION(name, id, type)                                      \
  inline constexpr option_key<types::type, id, option_access::get_only> name{};
#include "zmqrt/option_list.hpp"

/// libzmq's older names.
inline constexpr auto identity = routing_id;
inline constexpr auto delay_attach_on_connect = immediate;

} // namespace option

} // namespace zmqrt
