// SPDX-License-Identifier: MPL-2.0
//
// PUSH (RFC 30), SCATTER (RFC 49): messages go to its peers in turn, and never
// come. A peer that leaves hands its messages on.

#pragma once

#include "libzmqrt/patterns/load_balancer.hpp"

namespace zmqrt::patterns {

class push final : public pattern {
public:
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  bool can_receive() const noexcept override;
  pipe_id next_out() noexcept override;
  void sent(pipe_id pipe) noexcept override;
  bool hands_over() const noexcept override;

private:
  load_balancer out_;
};

} // namespace zmqrt::patterns
