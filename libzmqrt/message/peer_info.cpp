// SPDX-License-Identifier: MPL-2.0
//
// The properties of a peer_info. Pure.

#include "zmqrt/peer_info.hpp"

#include "libzmqrt/message/peer_properties.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

std::string_view peer_info::property(std::string_view name) const& {
  const std::string* value = told ? told->find(name) : nullptr;
  if (value == nullptr)
    throw error{errc::invalid_argument, name, "the peer has no such property"};
  return *value;
}

bool peer_info::has_property(std::string_view name) const noexcept {
  return told && told->find(name) != nullptr;
}

std::vector<std::pair<std::string, std::string>> peer_info::properties() const {
  return told ? told->entries()
              : std::vector<std::pair<std::string, std::string>>{};
}

} // namespace zmqrt
