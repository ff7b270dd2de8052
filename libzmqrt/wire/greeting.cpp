// SPDX-License-Identifier: MPL-2.0
//
// The greeting's stages. See the header.

#include "libzmqrt/wire/greeting.hpp"

#include <algorithm>
#include <cstring>

namespace zmqrt::wire {

namespace {

// RFC 37, "Formal Grammar": where the fields of the greeting are.
constexpr std::size_t signature_size = 10;
constexpr std::size_t version_at = 10;
constexpr std::size_t minor_at = 11;
constexpr std::size_t type_at = 11; // of revision 1, RFC 15
constexpr std::size_t mechanism_at = 12;
constexpr std::size_t mechanism_size = 20;
constexpr std::size_t filler_size = 31;
constexpr std::size_t greeting_size = 64;

constexpr char signature_begin = '\xff';
constexpr char signature_end = '\x7f';
constexpr char our_major = 3;
constexpr char our_minor = 1;

void append_identity(std::string& out, framing peers, std::string_view id) {
  std::byte header[longest_header];
  const std::size_t size = peers == framing::v1
                             ? write_v1_header(header, false, id.size())
                             : write_v2_header(header, 0, id.size());
  out.append(reinterpret_cast<const char*>(header), size);
  out += id;
}

} // namespace

greeting::greeting(const greeting_offer& offer, std::string& out)
  : offer_(offer) {
  // A 1.0 peer reads this as the header of a long identity frame, so the
  // padding says how long ours is (RFC 37, "Detecting ZMTP 1.0 and 2.0").
  char length[8];
  store_be64(length, offer.routing_id.size() + 1);
  out += signature_begin;
  out.append(length, sizeof length);
  out += signature_end;
}

std::size_t greeting::wanted() const noexcept {
  switch (stage_) {
  case greeting_stage::signature:
    // The first octet alone may tell that there is no signature.
    return have_ == 0 ? 1 : signature_size;
  case greeting_stage::version:
    return version_at + 1;
  case greeting_stage::type:
    return type_at + 1;
  case greeting_stage::rest:
    return greeting_size;
  case greeting_stage::done:
    break;
  }
  return have_;
}

void greeting::receive(std::span<const std::byte>& bytes, std::string& out) {
  while (!done() && !bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), wanted() - have_);
    std::memcpy(octets_.data() + have_, bytes.data(), size);
    have_ += size;
    bytes = bytes.subspan(size);
    if (have_ == wanted() || have_ == 1)
      on_octets(out);
  }
}

void greeting::on_octets(std::string& out) {
  switch (stage_) {
  case greeting_stage::signature:
    on_signature(out);
    break;
  case greeting_stage::version:
    on_version(out);
    break;
  case greeting_stage::type:
    finish(octets_[version_at] == std::byte{0} ? dialect::revision_0
                                               : dialect::zmtp_2_0);
    break;
  case greeting_stage::rest:
    finish(octets_[version_at] == std::byte{our_major}
               && octets_[minor_at] == std::byte{0}
             ? dialect::zmtp_3_0
             : dialect::zmtp_3_1);
    break;
  case greeting_stage::done:
    break;
  }
}

void greeting::on_signature(std::string& out) {
  const bool marked = octets_[0] == std::byte{0xff};
  if (marked && have_ < signature_size)
    return;
  if (marked && (octets_[signature_size - 1] & std::byte{1}) != std::byte{0}) {
    out += our_major;
    stage_ = greeting_stage::version;
    return;
  }
  // Our signature was the header of the identity; here is its body.
  out += offer_.routing_id;
  finish(dialect::unversioned);
}

void greeting::on_version(std::string& out) {
  const auto version = static_cast<std::uint8_t>(octets_[version_at]);
  if (version < 3) {
    // RFC 37: 1 and 2 are ZMTP 2.0. 0 is libzmq 3.0's, with 1.0 framing.
    out += static_cast<char>(offer_.type);
    append_identity(out, version == 0 ? framing::v1 : framing::v2,
                    offer_.routing_id);
    stage_ = greeting_stage::type;
    return;
  }
  out += our_minor;
  out += offer_.mechanism;
  out.append(mechanism_size - offer_.mechanism.size(), '\0');
  out += static_cast<char>(offer_.as_server);
  out.append(filler_size, '\0');
  stage_ = greeting_stage::rest;
}

void greeting::finish(dialect spoken) noexcept {
  dialect_ = spoken;
  stage_ = greeting_stage::done;
}

std::uint8_t greeting::peer_type() const noexcept {
  return static_cast<std::uint8_t>(octets_[type_at]);
}

std::string_view greeting::peer_mechanism() const noexcept {
  return {reinterpret_cast<const char*>(octets_.data()) + mechanism_at,
          mechanism_size};
}

bool same_mechanism(std::string_view field,
                    std::string_view mechanism) noexcept {
  return field.substr(0, mechanism.size()) == mechanism
         && field.find_first_not_of('\0', mechanism.size())
              == std::string_view::npos;
}

} // namespace zmqrt::wire
