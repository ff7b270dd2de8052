// SPDX-License-Identifier: MPL-2.0
//
// Lookup and change of peer_properties: a handful of entries, so a list.

#include "libzmqrt/message/peer_properties.hpp"

#include <algorithm>

namespace zmqrt {

namespace {

// Names are ASCII (RFC 37, "name"); the locale must have no say here.
char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// zmq_msg_gets(3): Identity is an alias of Routing-Id.
std::string_view known_as(std::string_view name) noexcept {
  return same_name(name, "Identity") ? "Routing-Id" : name;
}

} // namespace

void peer_properties::set(std::string_view given, std::string_view value) {
  const auto name = known_as(given);
  for (auto& [key, text] : entries_) {
    if (same_name(key, name)) {
      text = value;
      return;
    }
  }
  entries_.emplace_back(name, value);
}

const std::string*
peer_properties::find(std::string_view given) const noexcept {
  const auto name = known_as(given);
  for (const auto& [key, text] : entries_)
    if (same_name(key, name))
      return &text;
  return nullptr;
}

} // namespace zmqrt
