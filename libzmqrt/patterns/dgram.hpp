// SPDX-License-Identifier: MPL-2.0
//
// DGRAM (libzmq): one UDP endpoint. A message is two frames, the address of
// whom it goes to or comes from (libzmqrt/endpoint/datagram_peer.hpp), and the
// bytes of one datagram.

#pragma once

#include "libzmqrt/patterns/pair.hpp"

namespace zmqrt::patterns {

class dgram final : public pair {
public:
  looks sees() const noexcept override;
  delivery route(const message& what) override;
};

} // namespace zmqrt::patterns
