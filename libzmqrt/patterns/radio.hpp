// SPDX-License-Identifier: MPL-2.0
//
// RADIO (RFC 48): each message goes to all peers that have joined its group,
// which goes in front of it as a frame. A peer that is full misses it. UDP gets
// all that a datagram can hold.

#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libzmqrt/patterns/pipe_flags.hpp"

namespace zmqrt::patterns {

class radio final : public pattern {
public:
  explicit radio(const socket_options& options) noexcept;

  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  bool plugged(pipe_id pipe, const peer& who, pipe_id& evicted) override;
  void unplugged(pipe_id pipe, bool all_sent, bool all_read) override;
  void set_writable(pipe_id pipe, bool writable) override;
  bool can_receive() const noexcept override;
  pipe_id next_out() noexcept override;
  delivery route(const message& what) override;
  /// Joins and leaves, as subscriptions (libzmqrt/message/subscription.hpp).
  void digest(pipe_id from, message&& what) override;

private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using members = std::vector<pipe_id>;

  void leave_all(pipe_id pipe);
  void offer(const members& those, delivery& how);

  const socket_options* options_;
  pipe_flags writable_;
  std::unordered_map<std::string, members, hash, std::equal_to<>> groups_;
  members datagrams_;             // pipes that want every group
  std::vector<pipe_id> out_;      // of the present message
  std::array<frame, 1> envelope_; // likewise
};

} // namespace zmqrt::patterns
