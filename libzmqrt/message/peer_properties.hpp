// SPDX-License-Identifier: MPL-2.0
//
// What a connection tells about its peer: the metadata of READY (RFC 37,
// "Metadata") and what the runtime adds (Peer-Address, ...). Immutable once
// shared; every message that came by the connection refers to it.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zmqrt {

class peer_properties {
public:
  /// Sets or replaces; names compare without regard to case, and what RFC 37
  /// calls Identity is Routing-Id here, by either name.
  void set(std::string_view name, std::string_view value);

  /// The value, or null when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>&
  entries() const noexcept {
    return entries_;
  }

private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

} // namespace zmqrt
