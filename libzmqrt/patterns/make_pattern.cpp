// SPDX-License-Identifier: MPL-2.0
//
// Which pattern a socket type has.

#include "libzmqrt/patterns/pair.hpp"
#include "libzmqrt/patterns/pull.hpp"
#include "libzmqrt/patterns/push.hpp"

namespace zmqrt::patterns {

std::unique_ptr<pattern> make_pattern(socket_type type,
                                      const socket_options& /*options*/) {
  switch (type) {
  case socket_type::pair:
    return std::make_unique<pair>();
  case socket_type::push:
    return std::make_unique<push>();
  case socket_type::pull:
    return std::make_unique<pull>();
  default:
    return nullptr;
  }
}

} // namespace zmqrt::patterns
