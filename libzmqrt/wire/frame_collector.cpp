// SPDX-License-Identifier: MPL-2.0
//
// Frames of the handshake. See the header.

#include "libzmqrt/wire/frame_collector.hpp"

#include <algorithm>

#include "libzmqrt/keys/secret.hpp"
#include "libzmqrt/wire/scanner.hpp"

namespace zmqrt::wire {

namespace {

/// Longer than any HELLO of PLAIN (RFC 24).
constexpr std::uint64_t kept_in_place = 1024;

} // namespace

verdict frame_collector::receive(std::span<const std::byte>& bytes) {
  while (header_.size == 0 && !bytes.empty()) {
    octets_[octets_size_++] = bytes.front();
    bytes = bytes.subspan(1);
    const frame_header header =
      framing_ == framing::v2 ? read_v2_header(octets_.data(), octets_size_)
                              : read_v1_header(octets_.data(), octets_size_);
    switch (check_header(header, limits_, 0)) {
    case scan_stop::bad_flags:
      return broken();
    case scan_stop::too_long:
    case scan_stop::too_many:
      return refused(errc::message_too_long);
    default:
      header_ = header;
      // A small one moves no more, so that nothing of it is left behind.
      body_.reserve(static_cast<std::size_t>(
        std::min<std::uint64_t>(header.body, kept_in_place)));
    }
  }
  if (header_.size != 0) {
    const auto size = static_cast<std::size_t>(
      std::min<std::uint64_t>(bytes.size(), header_.body - body_.size()));
    body_.append(reinterpret_cast<const char*>(bytes.data()), size);
    bytes = bytes.subspan(size);
  }
  return {};
}

frame_collector::~frame_collector() {
  restart();
}

void frame_collector::restart() noexcept {
  octets_size_ = 0;
  header_ = frame_header{};
  keys::wipe(body_);
  body_.clear();
}

} // namespace zmqrt::wire
