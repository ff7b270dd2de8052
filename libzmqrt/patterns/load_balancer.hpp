// SPDX-License-Identifier: MPL-2.0
//
// Round robin over the pipes that can take a message (RFC 30: "SHALL route
// outgoing messages to available peers using a round-robin strategy"). A full
// pipe is skipped, a late one gets its share. Pure.

#pragma once

#include "libzmqrt/patterns/rotation.hpp"

namespace zmqrt::patterns {

class load_balancer {
public:
  void attach(pipe_id pipe) {
    turns_.add(pipe);
  }
  void detach(pipe_id pipe) noexcept {
    turns_.remove(pipe);
  }
  void set_writable(pipe_id pipe, bool writable) noexcept {
    turns_.set_active(pipe, writable);
  }
  [[nodiscard]] pipe_id next() const noexcept {
    return turns_.current();
  }
  void sent(pipe_id pipe) noexcept {
    turns_.advance(pipe);
  }

private:
  rotation turns_;
};

} // namespace zmqrt::patterns
