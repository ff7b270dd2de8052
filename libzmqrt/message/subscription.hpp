// SPDX-License-Identifier: MPL-2.0
//
// A subscription as a message: one octet, 1 or 0, then the topic (RFC 23, "The
// SUB Socket Type"). Between the runtime's own parts a DISH's joins look the
// same. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zmqrt {

struct subscription {
  bool on = false; ///< begins, or ends
  std::string_view topic;
};

[[nodiscard]] inline std::string to_text(const subscription& what) {
  std::string text(1, what.on ? '\1' : '\0');
  text += what.topic;
  return text;
}

/// None: it is no subscription. The topic is a part of `text`.
[[nodiscard]] inline std::optional<subscription>
parse_subscription(std::string_view text) noexcept {
  if (text.empty() || static_cast<unsigned char>(text.front()) > 1)
    return std::nullopt;
  return subscription{text.front() == '\1', text.substr(1)};
}

} // namespace zmqrt
