// SPDX-License-Identifier: MPL-2.0
//
// Reading and writing metadata. See the header.

#include "libzmqrt/wire/metadata.hpp"

#include <cassert>

#include "libzmqrt/wire/byte_order.hpp"

namespace zmqrt::wire {

namespace {

constexpr std::size_t value_size_octets = 4;
constexpr std::uint32_t max_value = 0x7fffffff;

std::string_view text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

void append_property(std::string& out, std::string_view name,
                     std::string_view value) {
  assert(!name.empty() && name.size() <= 255 && value.size() <= max_value);
  char size[value_size_octets];
  store_be32(size, static_cast<std::uint32_t>(value.size()));
  out += static_cast<char>(name.size());
  out += name;
  out.append(size, sizeof size);
  out += value;
}

verdict parse_metadata(std::span<const std::byte> data, peer_properties& out) {
  verdict bad = broken(protocol_detail::invalid_metadata);
  std::size_t count = 0;
  while (!data.empty()) {
    const auto name_size = static_cast<std::size_t>(data[0]);
    if (name_size == 0 || data.size() < 1 + name_size + value_size_octets)
      return bad;
    const std::string_view name = text(data.subspan(1, name_size));
    data = data.subspan(1 + name_size);
    const std::uint32_t value_size = load_be32(data.data());
    data = data.subspan(value_size_octets);
    if (value_size > max_value || value_size > data.size()
        || ++count > max_properties)
      return bad;
    if (out.find(name) == nullptr) // as in libzmq, the first one stays
      out.set(name, text(data.first(value_size)));
    data = data.subspan(value_size);
  }
  return {};
}

bool announces_identity(socket_type type) noexcept {
  return type == socket_type::req || type == socket_type::dealer
         || type == socket_type::router;
}

std::optional<socket_type> parse_socket_type(std::string_view name) noexcept {
  for (std::size_t number = 0; number < socket_types; ++number) {
    const auto type = static_cast<socket_type>(number);
    if (to_string(type) == name)
      return type;
  }
  return {};
}

} // namespace zmqrt::wire
