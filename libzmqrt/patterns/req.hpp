// SPDX-License-Identifier: MPL-2.0
//
// REQ (RFC 28): one request, to the peers in turn, then its reply, from that
// peer alone. An empty frame, with REQ_CORRELATE a number too, goes in front
// of each request and comes back in front of its reply.
//
//   ready --a request is sent--> awaiting --its reply is read--> ready
//                                   |
//                            the peer is lost --> lost --told--> ready

#pragma once

#include <array>

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/load_balancer.hpp"

namespace zmqrt::patterns {

class req final : public pattern {
public:
  explicit req(const socket_options& options);

  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  void unplugged(pipe_id pipe, bool all_sent, bool all_read) override;
  pipe_id next_out() noexcept override;
  void sent(pipe_id pipe) noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  delivery route(const message& what) override;
  delivery outlook(const frame& first) override;
  bool arrived(pipe_id pipe, message& what) override;
  void handed_out(pipe_id pipe) noexcept override;
  std::error_code receive_flaw() override;
  pipe_id next_stale() noexcept override;

private:
  enum class state : std::uint8_t { ready, awaiting, lost };

  void lose(pipe_id pipe) noexcept;

  const socket_options* options_;
  load_balancer out_;
  fair_queue in_;
  state state_ = state::ready;
  pipe_id asked_ = no_pipe;
  bool gone_ = false;    ///< whom it asked; something is still to be read
  bool replied_ = false; ///< the reply was read, not yet by the application
  std::uint32_t request_ = 0;     ///< the number of the last one that was sent
  std::array<frame, 2> envelope_; // the number, the empty frame
};

} // namespace zmqrt::patterns
