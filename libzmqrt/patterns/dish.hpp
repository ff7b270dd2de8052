// SPDX-License-Identifier: MPL-2.0
//
// DISH (RFC 48): reads what its peers send to the groups that it has joined,
// in turn, and tells each of them which these are.

#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libzmqrt/patterns/fair_queue.hpp"

namespace zmqrt::patterns {

class dish final : public pattern {
public:
  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_readable(pipe_id pipe, bool readable) override;
  bool plugged(pipe_id pipe, const peer& who, pipe_id& evicted) override;
  void unplugged(pipe_id pipe, bool all_sent, bool all_read) override;
  bool can_send() const noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  bool arrived(pipe_id pipe, message& what) override;
  /// Joins the group, or leaves it; refused where that changes nothing.
  delivery subscribe(std::string_view group, bool on) override;
  std::size_t topics() const noexcept override;
  void each_subscription(void (*tell)(std::string_view topic, void* to),
                         void* to) const override;

private:
  fair_queue in_;
  std::set<std::string, std::less<>> groups_;
  std::vector<pipe_id> peers_; // that are there
};

} // namespace zmqrt::patterns
