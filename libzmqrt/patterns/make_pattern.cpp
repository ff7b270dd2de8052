// SPDX-License-Identifier: MPL-2.0
//
// Which pattern a socket type has.

#include "libzmqrt/patterns/dealer.hpp"
#include "libzmqrt/patterns/dgram.hpp"
#include "libzmqrt/patterns/dish.hpp"
#include "libzmqrt/patterns/pair.hpp"
#include "libzmqrt/patterns/publisher.hpp"
#include "libzmqrt/patterns/pull.hpp"
#include "libzmqrt/patterns/push.hpp"
#include "libzmqrt/patterns/radio.hpp"
#include "libzmqrt/patterns/rep.hpp"
#include "libzmqrt/patterns/req.hpp"
#include "libzmqrt/patterns/router.hpp"
#include "libzmqrt/patterns/server.hpp"
#include "libzmqrt/patterns/subscriber.hpp"

namespace zmqrt::patterns {

std::unique_ptr<pattern> make_pattern(socket_type type,
                                      const socket_options& options) {
  switch (type) {
  case socket_type::pair:
  case socket_type::channel:
    return std::make_unique<pair>();
  case socket_type::pub:
  case socket_type::xpub:
    return std::make_unique<publisher>(type, options);
  case socket_type::sub:
  case socket_type::xsub:
    return std::make_unique<subscriber>(type, options);
  case socket_type::req:
    return std::make_unique<req>(options);
  case socket_type::rep:
    return std::make_unique<rep>();
  case socket_type::dealer:
  case socket_type::client:
    return std::make_unique<dealer>();
  case socket_type::router:
  case socket_type::stream:
    return std::make_unique<router>(type, options);
  case socket_type::push:
  case socket_type::scatter:
    return std::make_unique<push>();
  case socket_type::pull:
  case socket_type::gather:
    return std::make_unique<pull>();
  case socket_type::server:
  case socket_type::peer:
    return std::make_unique<server>();
  case socket_type::radio:
    return std::make_unique<radio>(options);
  case socket_type::dish:
    return std::make_unique<dish>();
  case socket_type::dgram:
    return std::make_unique<dgram>();
  }
  return nullptr;
}

} // namespace zmqrt::patterns
