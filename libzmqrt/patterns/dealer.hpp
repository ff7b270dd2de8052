// SPDX-License-Identifier: MPL-2.0
//
// DEALER (RFC 28), CLIENT (RFC 41): messages go to its peers in turn, and are
// read from them in turn; nothing is added or taken off. A peer that leaves
// hands its messages on.

#pragma once

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/load_balancer.hpp"

namespace zmqrt::patterns {

class dealer final : public pattern {
public:
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  pipe_id next_out() noexcept override;
  void sent(pipe_id pipe) noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  bool hands_over() const noexcept override;

private:
  load_balancer out_;
  fair_queue in_;
};

} // namespace zmqrt::patterns
