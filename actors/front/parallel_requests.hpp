// SPDX-License-Identifier: MPL-2.0
//
// Requests by a DEALER: any number at once. In front of each go a number and
// an empty frame, which a REP, and whoever gives the envelope back, sends in
// front of the reply. The reactor's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <caf/actor_addr.hpp>
#include <caf/response_promise.hpp>

#include "libzmqrt/message/time.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::actors {

class parallel_requests {
public:
  explicit parallel_requests(std::size_t most) noexcept : most_(most) {
  }
  /// Tells our numbers from others', as those of a process that was here
  /// before. Before the first request.
  void set_sign(std::uint64_t sign) noexcept {
    sign_ = sign;
  }

  /// Puts the envelope in front of `what`. Where too many wait for their
  /// replies, the oldest is given up (timed_out).
  std::uint64_t begin(message& what, std::optional<time_point> deadline,
                      const caf::actor_addr& asker,
                      caf::response_promise reply);
  /// Somebody waits for it still.
  [[nodiscard]] bool knows(std::uint64_t number) const {
    return waiting_.contains(number);
  }
  /// It has ended, and waits for nothing.
  void forget(const caf::actor_addr& ended);
  /// It was not sent.
  void refuse(std::uint64_t number, std::error_code why);
  /// Whether what came is a reply: then whoever waits for it has it, or nobody
  /// waits any more and it is dropped.
  [[nodiscard]] bool claim(message& came);
  /// Replies may come, late ones too.
  [[nodiscard]] bool any_made() const noexcept {
    return last_ != 0;
  }
  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }
  void expire(time_point now);
  [[nodiscard]] std::optional<time_point> deadline() const {
    return due_.empty() ? std::nullopt : std::optional{due_.begin()->first};
  }
  void fail(std::error_code why);

private:
  struct waiting {
    std::optional<time_point> deadline;
    caf::actor_addr asker;
    caf::response_promise reply;
  };

  void erase(std::map<std::uint64_t, waiting>::iterator which);

  std::uint64_t sign_ = 0;
  std::size_t most_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, waiting> waiting_; // by age
  std::set<std::pair<time_point, std::uint64_t>> due_;
};

} // namespace zmqrt::actors
