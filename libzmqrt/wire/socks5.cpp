// SPDX-License-Identifier: MPL-2.0
//
// The SOCKS5 client's conversation. See socks5.hpp.

#include "libzmqrt/wire/socks5.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include "libzmqrt/endpoint/ip_network.hpp"

namespace zmqrt::wire {

namespace {

constexpr std::uint8_t version = 5;
constexpr std::uint8_t login_version = 1;

enum method : std::uint8_t {
  no_login = 0x00,
  by_password = 0x02,
  none_acceptable = 0xff,
};

enum address_type : std::uint8_t {
  ipv4 = 0x01,
  domain_name = 0x03,
  ipv6 = 0x04,
};

constexpr std::uint8_t command_connect = 1;
// Before the address of a reply: version, code, reserved, type.
constexpr std::size_t reply_head = 4;
constexpr std::size_t port_octets = 2;

std::error_code protocol_error() noexcept {
  return make_error_code(errc::protocol_error);
}

/// RFC 1928, 6: the reply field.
std::error_code refusal(std::uint8_t code) noexcept {
  switch (code) {
  case 1:
    return make_error_code(errc::connection_aborted);
  case 2:
    return make_error_code(errc::access_denied);
  case 3:
    return errno_code(ENETUNREACH);
  case 4:
    return make_error_code(errc::host_unreachable);
  case 5:
    return make_error_code(errc::connection_refused);
  case 6:
    return make_error_code(errc::timed_out);
  case 7:
    return make_error_code(errc::not_supported);
  case 8:
    return make_error_code(errc::protocol_not_supported);
  default:
    return protocol_error();
  }
}

void append(std::string& to, std::uint8_t octet) {
  to += static_cast<char>(octet);
}

/// With its length in front.
void append_counted(std::string& to, const std::string& text) {
  assert(text.size() <= 255);
  append(to, static_cast<std::uint8_t>(text.size()));
  to += text;
}

} // namespace

socks5::socks5(socks5_target target, socks5_login login)
  : target_(std::move(target)), login_(std::move(login)) {
  append(output_, version);
  append(output_, 1); // one method; never one that says less than was asked
  append(output_, login_.user.empty() ? no_login : by_password);
}

std::string socks5::take_output() {
  return std::exchange(output_, {});
}

void socks5::receive(std::span<const std::byte>& bytes) {
  while (waits() && !bytes.empty()) {
    const auto octet = std::to_integer<std::uint8_t>(bytes.front());
    bytes = bytes.subspan(1);
    ++have_;
    why_ = output_.empty() ? on_octet(octet) : protocol_error();
    if (why_)
      enter(socks5_stage::failed);
  }
}

std::error_code socks5::on_octet(std::uint8_t octet) {
  switch (stage_) {
  case socks5_stage::method:
    return on_method(octet);
  case socks5_stage::login:
    return on_login(octet);
  default:
    return on_reply(octet);
  }
}

std::error_code socks5::on_method(std::uint8_t octet) {
  if (have_ == 1)
    return octet == version ? std::error_code{} : protocol_error();
  if (octet == none_acceptable)
    return make_error_code(errc::access_denied);
  if (octet != (login_.user.empty() ? no_login : by_password))
    return protocol_error();
  if (octet == by_password) {
    say_login();
    enter(socks5_stage::login);
  } else {
    say_request();
    enter(socks5_stage::reply);
  }
  return {};
}

std::error_code socks5::on_login(std::uint8_t octet) {
  if (have_ == 1)
    return octet == login_version ? std::error_code{} : protocol_error();
  if (octet != 0)
    return make_error_code(errc::access_denied);
  say_request();
  enter(socks5_stage::reply);
  return {};
}

/// The address that the proxy connects from does not matter.
std::error_code socks5::on_reply(std::uint8_t octet) {
  switch (have_) {
  case 1:
    return octet == version ? std::error_code{} : protocol_error();
  case 2: // the rest of a refusal does not matter, and may not come
    return octet == 0 ? std::error_code{} : refusal(octet);
  case 3:
    return octet == 0 ? std::error_code{} : protocol_error();
  case reply_head:
    reply_size_ = reply_head + port_octets;
    if (octet == ipv4)
      reply_size_ += 4;
    else if (octet == ipv6)
      reply_size_ += 16;
    else if (octet == domain_name)
      reply_size_ = 0; // the next octet counts it
    else
      return protocol_error();
    return {};
  default:
    if (reply_size_ == 0)
      reply_size_ = reply_head + 1 + octet + port_octets;
    if (have_ == reply_size_)
      enter(socks5_stage::open);
    return {};
  }
}

void socks5::enter(socks5_stage next) noexcept {
  stage_ = next;
  have_ = 0;
  if (!waits())
    output_.clear();
}

void socks5::say_login() {
  append(output_, login_version);
  append_counted(output_, login_.user);
  append_counted(output_, login_.password);
}

void socks5::say_request() {
  append(output_, version);
  append(output_, command_connect);
  append(output_, 0);
  if (const auto number = parse_ip_address(target_.host)) {
    const bool short_one = number->is_v4();
    append(output_, short_one ? ipv4 : ipv6);
    for (std::size_t i = short_one ? 12 : 0; i < number->octets.size(); ++i)
      append(output_, number->octets[i]);
  } else {
    append(output_, domain_name);
    append_counted(output_, target_.host);
  }
  append(output_, static_cast<std::uint8_t>(target_.port >> 8));
  append(output_, static_cast<std::uint8_t>(target_.port & 0xff));
}

} // namespace zmqrt::wire
