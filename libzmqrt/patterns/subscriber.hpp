// SPDX-License-Identifier: MPL-2.0
//
// SUB and XSUB (RFC 29): read from their peers in turn, and tell each of them
// what they want. Topics are counted: each subscription is told (the first to
// all, another to those that have room), and the end of the last. SUB gives
// only what was subscribed to; XSUB sends subscriptions as messages, and others
// with them.

#pragma once

#include <span>
#include <vector>

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/pipe_flags.hpp"
#include "libzmqrt/patterns/topic_tree.hpp"

namespace zmqrt::patterns {

class subscriber final : public pattern {
public:
  subscriber(socket_type type, const socket_options& options);

  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  bool plugged(pipe_id pipe, const peer& who, pipe_id& evicted) override;
  void unplugged(pipe_id pipe, bool all_sent, bool all_read) override;
  bool can_send() const noexcept override;
  pipe_id next_out() noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  delivery route(const message& what) override;
  bool arrived(pipe_id pipe, message& what) override;
  delivery subscribe(std::string_view topic, bool on) override;
  std::size_t topics() const noexcept override;
  void each_subscription(void (*tell)(std::string_view topic, void* to),
                         void* to) const override;

private:
  [[nodiscard]] bool wants(std::string_view first_frame) const;
  void leave(pipe_id pipe);
  /// Until the next call.
  [[nodiscard]] std::span<const pipe_id> peers_with_room();

  const socket_options* options_;
  bool raw_; // XSUB
  fair_queue in_;
  topic_tree counts_; // how often each topic was subscribed to
  std::size_t topics_ = 0;
  std::vector<pipe_id> peers_; // that are there
  pipe_flags writable_;        // by pipe
  std::vector<pipe_id> out_;   // of the present message
};

} // namespace zmqrt::patterns
