// SPDX-License-Identifier: MPL-2.0
//
// One message from each pipe that has some, in turn (RFC 30: "SHALL receive
// incoming messages from its peers using a fair-queuing strategy"). Pure.

#pragma once

#include "libzmqrt/patterns/rotation.hpp"

namespace zmqrt::patterns {

class fair_queue {
public:
  void attach(pipe_id pipe) {
    turns_.add(pipe);
  }
  void detach(pipe_id pipe) noexcept {
    turns_.remove(pipe);
  }
  void set_readable(pipe_id pipe, bool readable) noexcept {
    turns_.set_active(pipe, readable);
  }
  [[nodiscard]] pipe_id next() const noexcept {
    return turns_.current();
  }
  void received(pipe_id pipe) noexcept {
    turns_.advance(pipe);
  }

private:
  rotation turns_;
};

} // namespace zmqrt::patterns
