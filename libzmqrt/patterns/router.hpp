// SPDX-License-Identifier: MPL-2.0
//
// ROUTER (RFC 28): a message's first frame says to which peer it goes, or from
// which it came. And STREAM, a ROUTER whose peers speak no ZMTP (zmq_socket(3),
// "Native pattern"): they have no names but those that we give them, a message
// is an id and some bytes, no bytes at all hang up, and what cannot go is
// refused. ROUTER_RAW is between the two: it drops what cannot go, as ROUTER.

#pragma once

#include <deque>

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/pipe_flags.hpp"
#include "libzmqrt/patterns/routing_table.hpp"

namespace zmqrt::patterns {

class router final : public pattern {
public:
  router(socket_type type, const socket_options& options) noexcept;

  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  bool plugged(pipe_id pipe, const peer& who, pipe_id& evicted) override;
  void unplugged(pipe_id pipe, bool all_sent, bool all_read) override;
  frame name_of(pipe_id pipe) const override;
  std::optional<pipe_id> find(std::string_view routing_id) const override;
  pipe_id next_out() noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  delivery route(const message& what) override;
  delivery outlook(const frame& first) override;
  bool arrived(pipe_id pipe, message& what) override;
  void take(message& out) override;
  std::string reserve_name() override;

private:
  /// ROUTER_NOTIFY's bits (zmq_setsockopt(3)).
  enum notices : int { of_connect = 1, of_disconnect = 2 };

  void notify(pipe_id pipe, int which);

  const socket_type type_;
  const socket_options* options_;
  fair_queue in_;
  routing_table table_;
  pipe_flags writable_;       // by pipe
  std::deque<frame> notices_; // of whom; told before any message
};

} // namespace zmqrt::patterns
