// SPDX-License-Identifier: MPL-2.0
//
// The receive path of a connection without ZMTP (zmq_socket(3), ZMQ_STREAM):
// each piece of bytes that comes is a message of one frame, in canonical
// framing. How the peer cut them means nothing. Belongs to one connection.

#pragma once

#include <cstddef>
#include <span>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

class raw_chunks {
public:
  explicit raw_chunks(buffer_source& source) noexcept : source_(&source) {
  }

  /// Takes all of `bytes`, a part of `owner`: large ones are referred to,
  /// small ones copied. Fails for want of memory alone.
  [[nodiscard]] verdict receive(const slab_ref& owner,
                                std::span<const std::byte> bytes);

  /// Messages, for the caller to take.
  [[nodiscard]] batch& delivered() noexcept {
    return delivered_;
  }

private:
  buffer_source* source_;
  batch delivered_;
};

} // namespace zmqrt::wire
