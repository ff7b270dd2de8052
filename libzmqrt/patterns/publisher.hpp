// SPDX-License-Identifier: MPL-2.0
//
// PUB and XPUB (RFC 29): each message goes to all peers that subscribed to a
// topic it starts with. A peer that is full misses it. XPUB tells the
// application of subscriptions, and of what else its peers send.

#pragma once

#include <deque>

#include "libzmqrt/message/subscription.hpp"
#include "libzmqrt/patterns/pipe_flags.hpp"
#include "libzmqrt/patterns/topic_index.hpp"

namespace zmqrt::patterns {

class publisher final : public pattern {
public:
  publisher(socket_type type, const socket_options& options);

  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  bool can_receive() const noexcept override;
  pipe_id next_out() noexcept override;
  void sent(pipe_id pipe) noexcept override;
  pipe_id next_in() noexcept override;
  delivery route(const message& what) override;
  delivery outlook(const frame& first) override;
  void digest(pipe_id from, message&& what) override;
  void take(message& out) override;
  void handed_out(pipe_id pipe) noexcept override;
  delivery subscribe(std::string_view topic, bool on) override;
  std::size_t topics() const noexcept override;

private:
  /// Something for the application.
  struct notice {
    message what;
    pipe_id from = no_pipe;
    std::uint32_t turn = 0; ///< how many have had that number before
  };

  /// XPUB_MANUAL, which XPUB_MANUAL_LAST_VALUE includes.
  [[nodiscard]] bool manual() const noexcept;
  /// Notes it; whether the application is told.
  [[nodiscard]] bool is_news(pipe_id from, const subscription& asked);
  void tell(pipe_id from, message&& what);
  void end_pipe(pipe_id pipe);

  const socket_options* options_;
  bool tells_; // XPUB
  topic_index index_;
  pipe_flags present_;               // by pipe
  std::vector<std::uint32_t> turns_; // by pipe: how many had the number
  pipe_flags writable_;              // by pipe
  std::vector<pipe_id> out_;         // of the present message
  std::vector<bool> left_out_;       // of it, by pipe: INVERT_MATCHING
  std::deque<notice> notices_;
  /// XPUB_MANUAL: whose subscription was read last.
  pipe_id last_ = no_pipe;
  /// Whose notice was taken last; it may not have been read yet.
  pipe_id taken_from_ = no_pipe;
  std::uint32_t taken_turn_ = 0;
  /// XPUB_MANUAL_LAST_VALUE: the next message is for that one alone.
  bool last_value_ = false;
  topic_index asked_; // XPUB_MANUAL: what peers asked for
};

} // namespace zmqrt::patterns
