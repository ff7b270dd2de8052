// SPDX-License-Identifier: MPL-2.0
//
// PULL (RFC 30), GATHER (RFC 49): reads from its peers in turn, and never
// sends.

#pragma once

#include "libzmqrt/patterns/fair_queue.hpp"

namespace zmqrt::patterns {

class pull final : public pattern {
public:
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void set_readable(pipe_id pipe, bool readable) override;
  bool can_send() const noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;

private:
  fair_queue in_;
};

} // namespace zmqrt::patterns
