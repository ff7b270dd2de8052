// SPDX-License-Identifier: MPL-2.0
//
// Addresses to and from text. See address.hpp.

#include "transports/address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

namespace zmqrt::transports {

namespace {

constexpr socklen_t path_offset = offsetof(sockaddr_un, sun_path);

template <class T>
address made_of(const T& raw) noexcept {
  return {reinterpret_cast<const sockaddr*>(&raw), sizeof(T)};
}

template <class T>
T read_as(const sockaddr* raw) noexcept {
  T out{};
  std::memcpy(&out, raw, sizeof(T));
  return out;
}

/// A scope id by number or by interface name; 0: there is none such.
std::uint32_t scope_id(const std::string& text) noexcept {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc{} && parsed.ptr == end)
    return number;
  return if_nametoindex(text.c_str());
}

std::string scope_text(std::uint32_t id) {
  std::array<char, IF_NAMESIZE> name{};
  if (if_indextoname(id, name.data()) != nullptr)
    return name.data();
  return std::to_string(id);
}

} // namespace

address::address(const sockaddr* raw, socklen_t size) noexcept
  : size_(std::min<socklen_t>(size, sizeof(storage_))) {
  std::memcpy(&storage_, raw, size_);
}

result<address> address::tcp(std::string_view numeric_host,
                             std::uint16_t port) {
  const std::string host{numeric_host};
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1)
    return address{reinterpret_cast<const sockaddr*>(&v4), sizeof(v4)};
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  const auto percent = host.find('%');
  if (percent != std::string::npos) {
    v6.sin6_scope_id = scope_id(host.substr(percent + 1));
    if (v6.sin6_scope_id == 0)
      return failure{make_error_code(errc::invalid_argument),
                     "no such scope id"};
  }
  if (inet_pton(AF_INET6, host.substr(0, percent).c_str(), &v6.sin6_addr) == 1)
    return address{reinterpret_cast<const sockaddr*>(&v6), sizeof(v6)};
  return failure{make_error_code(errc::invalid_argument),
                 "not a numeric IPv4 or IPv6 address"};
}

result<address> address::ipc(std::string_view path, bool abstract) {
  // A path ends with a NUL in the structure, an abstract name begins with one.
  if (path.size() + 1 > sizeof(sockaddr_un::sun_path))
    return failure{make_error_code(errc::name_too_long),
                   "an ipc path has at most 107 bytes"};
  if (path.empty())
    return failure{make_error_code(errc::invalid_argument),
                   "an ipc path is not empty"};
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path + (abstract ? 1 : 0), path.data(), path.size());
  const auto size = path_offset + static_cast<socklen_t>(path.size()) + 1;
  return address{reinterpret_cast<const sockaddr*>(&un), size};
}

const sockaddr* address::raw() const noexcept {
  return &storage_.raw_;
}

int address::family() const noexcept {
  return size_ == 0 ? AF_UNSPEC : storage_.raw_.sa_family;
}

bool address::is_loopback() const noexcept {
  if (family() == AF_INET) {
    const auto v4 = read_as<sockaddr_in>(raw());
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  if (family() == AF_INET6) {
    const auto v6 = read_as<sockaddr_in6>(raw());
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)
           || (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)
               && v6.sin6_addr.s6_addr[12] == 127);
  }
  return false;
}

bool address::is_multicast() const noexcept {
  if (family() == AF_INET)
    return IN_MULTICAST(ntohl(read_as<sockaddr_in>(raw()).sin_addr.s_addr));
  if (family() != AF_INET6)
    return false;
  const auto v6 = read_as<sockaddr_in6>(raw());
  return IN6_IS_ADDR_MULTICAST(&v6.sin6_addr);
}

std::uint16_t address::port() const noexcept {
  if (family() == AF_INET)
    return ntohs(read_as<sockaddr_in>(raw()).sin_port);
  if (family() == AF_INET6)
    return ntohs(read_as<sockaddr_in6>(raw()).sin6_port);
  return 0;
}

std::optional<ip_address> address::ip() const noexcept {
  if (family() == AF_INET) {
    std::array<std::uint8_t, 4> octets{};
    const auto v4 = read_as<sockaddr_in>(raw());
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return ip_address::v4(octets);
  }
  if (family() == AF_INET6) {
    ip_address out;
    const auto v6 = read_as<sockaddr_in6>(raw());
    std::memcpy(out.octets.data(), &v6.sin6_addr, out.octets.size());
    return out;
  }
  return std::nullopt;
}

std::string address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    const auto v4 = read_as<sockaddr_in>(raw());
    return inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  if (family() == AF_INET6) {
    const auto v6 = read_as<sockaddr_in6>(raw());
    std::string out =
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    if (v6.sin6_scope_id != 0)
      out += "%" + scope_text(v6.sin6_scope_id);
    return out;
  }
  if (family() == AF_UNIX && size_ > path_offset) {
    const auto* path = storage_.un_.sun_path;
    const std::size_t room = size_ - path_offset;
    if (path[0] == '\0')
      return "@" + std::string{path + 1, room - 1};
    return {path, strnlen(path, room)};
  }
  return {};
}

std::string address::host_and_port() const {
  switch (family()) {
  case AF_INET:
    return host() + ":" + std::to_string(port());
  case AF_INET6:
    return "[" + host() + "]:" + std::to_string(port());
  default:
    return {};
  }
}

address address::mapped() const noexcept {
  if (family() != AF_INET)
    return *this;
  const auto v4 = read_as<sockaddr_in>(raw());
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = v4.sin_port;
  v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
  std::memcpy(&v6.sin6_addr.s6_addr[12], &v4.sin_addr, sizeof(v4.sin_addr));
  return made_of(v6);
}

address address::unmapped() const noexcept {
  if (family() != AF_INET6)
    return *this;
  const auto v6 = read_as<sockaddr_in6>(raw());
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
    return *this;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = v6.sin6_port;
  std::memcpy(&v4.sin_addr, &v6.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
  return made_of(v4);
}

address address::with_port(std::uint16_t port) const noexcept {
  if (family() == AF_INET) {
    auto v4 = read_as<sockaddr_in>(raw());
    v4.sin_port = htons(port);
    return made_of(v4);
  }
  auto v6 = read_as<sockaddr_in6>(raw());
  v6.sin6_port = htons(port);
  return made_of(v6);
}

address address::any_host() const noexcept {
  if (family() == AF_INET) {
    auto v4 = read_as<sockaddr_in>(raw());
    v4.sin_addr.s_addr = htonl(INADDR_ANY);
    return made_of(v4);
  }
  auto v6 = read_as<sockaddr_in6>(raw());
  v6.sin6_addr = in6addr_any;
  v6.sin6_scope_id = 0;
  return made_of(v6);
}

std::string address::endpoint() const {
  switch (family()) {
  case AF_INET:
  case AF_INET6:
    return "tcp://" + host_and_port();
  case AF_UNIX:
    return "ipc://" + host();
  default:
    return {};
  }
}

bool operator==(const address& a, const address& b) noexcept {
  return a.size_ == b.size_
         && std::memcmp(&a.storage_, &b.storage_, a.size_) == 0;
}

} // namespace zmqrt::transports
