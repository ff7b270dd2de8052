// SPDX-License-Identifier: MPL-2.0
//
// The trace of a simulation: everything that happened, in order, folded into
// one number (FNV-1a over 64-bit words). Two runs of one seed give the same
// number, or something in them depends on what no seed decides.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::transports {

struct sim_trace_entry {
  time_point when{};
  std::string_view what;
  std::uint64_t subject = 0; ///< number of the connection, reactor, ...
  std::uint64_t detail = 0;
};

class sim_trace {
public:
  /// Told every entry as it happens; for the replay of a failing seed.
  using listener = std::function<void(const sim_trace_entry&)>;

  void add(const sim_trace_entry& entry) {
    ++entries_;
    fold(static_cast<std::uint64_t>(entry.when.time_since_epoch().count()));
    fold(entry.what.size() ^ (std::uint64_t{hash_first(entry.what)} << 8));
    fold(entry.subject);
    fold(entry.detail);
    if (tell_)
      tell_(entry);
  }
  /// Content of what was delivered.
  void add_bytes(std::span<const std::byte> bytes) noexcept {
    while (bytes.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), 8);
      fold(word);
      bytes = bytes.subspan(8);
    }
    for (const std::byte one : bytes)
      fold(std::to_integer<std::uint64_t>(one));
  }

  [[nodiscard]] std::uint64_t hash() const noexcept {
    return hash_;
  }
  [[nodiscard]] std::uint64_t entries() const noexcept {
    return entries_;
  }
  void listen(listener tell) {
    tell_ = std::move(tell);
  }

private:
  static std::uint32_t hash_first(std::string_view text) noexcept {
    std::uint32_t sum = 0;
    for (const char one : text)
      sum = sum * 31 + static_cast<unsigned char>(one);
    return sum;
  }
  void fold(std::uint64_t word) noexcept {
    hash_ = (hash_ ^ word) * 0x100000001b3U;
    hash_ ^= hash_ >> 29; // FNV alone never moves high bits down
  }

  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t entries_ = 0;
  listener tell_;
};

} // namespace zmqrt::transports
