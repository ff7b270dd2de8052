// SPDX-License-Identifier: MPL-2.0
//
// REP (RFC 28): reads requests from its peers in turn, one at a time, keeps
// the envelope, and sends the reply back with it.
//
//   receiving --a request is given out--> replying --a reply--> receiving

#pragma once

#include <vector>

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/pipe_flags.hpp"

namespace zmqrt::patterns {

class rep final : public pattern {
public:
  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  pipe_id next_out() noexcept override;
  void sent(pipe_id pipe) noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  delivery route(const message& what) override;
  delivery outlook(const frame& first) override;
  bool arrived(pipe_id pipe, message& what) override;
  void handed_out(pipe_id pipe) noexcept override;
  std::error_code receive_flaw() override;

private:
  fair_queue in_;
  pipe_flags writable_; // by pipe
  bool replying_ = false;
  pipe_id requester_ = no_pipe; // no_pipe: it is gone
  std::vector<frame> envelope_; // of the request read last
};

} // namespace zmqrt::patterns
