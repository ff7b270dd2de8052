// SPDX-License-Identifier: MPL-2.0
//
// The raw door to the options: libzmq's numbers and its representations
// (zmq_setsockopt(3), "Option value type"). Pure.

#include <cstring>
#include <limits>

#include "libzmqrt/options/option_table.hpp"

namespace zmqrt {

namespace {

// IPV4ONLY, deprecated: the opposite of IPV6.
constexpr int ipv4only_id = 31;
constexpr int ipv6_id = option::ipv6.id;

failure broken(std::string rule) {
  return {make_error_code(errc::invalid_argument), std::move(rule)};
}

template <class T>
std::optional<T> number_in(std::span<const std::byte> raw) noexcept {
  T value{};
  if (raw.size() != sizeof value)
    return std::nullopt;
  std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

template <class T>
std::vector<std::byte> raw_of(T value) {
  std::vector<std::byte> raw(sizeof value);
  std::memcpy(raw.data(), &value, sizeof value);
  return raw;
}

std::string text_in(std::span<const std::byte> raw, bool drop_final_zero) {
  if (drop_final_zero && !raw.empty() && raw.back() == std::byte{0})
    raw = raw.first(raw.size() - 1);
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

failure wrong_size(std::size_t wanted, std::size_t given) {
  return broken("takes " + std::to_string(wanted) + " bytes, not "
                + std::to_string(given));
}

result<option_value> read_int(option_type type,
                              std::span<const std::byte> raw) {
  const auto number = number_in<int>(raw);
  if (!number)
    return wrong_size(sizeof(int), raw.size());
  if (type == option_type::millis)
    return option_value{std::chrono::milliseconds{*number}};
  if (type == option_type::integer)
    return option_value{*number};
  if (*number != 0 && *number != 1)
    return broken("must be 0 or 1, not " + std::to_string(*number));
  return option_value{*number == 1};
}

result<option_value> read_raw(option_type type,
                              std::span<const std::byte> raw) {
  switch (type) {
  case option_type::int64:
    if (const auto number = number_in<std::int64_t>(raw))
      return option_value{*number};
    return wrong_size(sizeof(std::int64_t), raw.size());
  case option_type::uint64:
    if (const auto number = number_in<std::uint64_t>(raw))
      return option_value{*number};
    return wrong_size(sizeof(std::uint64_t), raw.size());
  case option_type::text:
    return option_value{text_in(raw, true)};
  case option_type::binary:
    return option_value{text_in(raw, false)};
  default:
    return read_int(type, raw);
  }
}

// Durations were checked to fit; a live value might not have been.
int as_int(std::int64_t value) noexcept {
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(value > most ? most : value);
}

std::vector<std::byte> write_raw(option_type type, const option_value& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    return raw_of<int>(*flag ? 1 : 0);
  if (const auto* number = std::get_if<int>(&value))
    return raw_of(*number);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return raw_of(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return raw_of(*number);
  if (const auto* time = std::get_if<std::chrono::milliseconds>(&value))
    return raw_of(as_int(time->count()));
  const std::string& text = std::get<std::string>(value);
  const auto bytes = std::as_bytes(std::span{text});
  std::vector<std::byte> raw(bytes.begin(), bytes.end());
  if (type == option_type::text)
    raw.push_back(std::byte{0});
  return raw;
}

} // namespace

std::optional<failure> set_raw_option(socket_options& in, socket_type of,
                                      int id, std::span<const std::byte> value,
                                      option_moment when) {
  const bool inverse = id == ipv4only_id;
  const option_spec* const spec = find_option(inverse ? ipv6_id : id);
  if (spec == nullptr)
    return broken("there is no option of this number");
  if (spec->access == option_access::get_only)
    return broken("is read-only");
  // libzmq's way to clear (NULL, 0); no text fits into a number.
  if (value.empty() && spec->write == nullptr
      && clear_gathered(in.gathered, spec->id))
    return std::nullopt;
  result<option_value> given = read_raw(spec->type, value);
  if (!given)
    return given.why();
  if (inverse)
    *given = !std::get<bool>(*given);
  return set_option(in, of, spec->id, *std::move(given), when);
}

result<std::vector<std::byte>> get_raw_option(const socket_options& in, int id,
                                              const live_options& live) {
  const bool inverse = id == ipv4only_id;
  result<option_value> held = get_option(in, inverse ? ipv6_id : id, live);
  if (!held)
    return held.why();
  if (inverse)
    *held = !std::get<bool>(*held);
  return write_raw(find_option(inverse ? ipv6_id : id)->type, *held);
}

} // namespace zmqrt
