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

#include <caf/response_promise.hpp>

#include "libzmqrt/message/time.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::actors {

class parallel_requests {
public:
  /// `sign` tells our numbers from others', as those of a process that was
  /// here before.
  parallel_requests(std::uint64_t sign, std::size_t most) noexcept
    : sign_(sign), most_(most) {
  }

  /// Puts the envelope in front of `what`. Where too many wait for their
  /// replies, the oldest is given up (timed_out).
  std::uint64_t begin(message& what, std::optional<time_point> deadline,
                      caf::response_promise reply);
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
    caf::response_promise reply;
  };

  void erase(std::map<std::uint64_t, waiting>::iterator which);

  std::uint64_t sign_;
  std::size_t most_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, waiting> waiting_; // by age
  std::set<std::pair<time_point, std::uint64_t>> due_;
};

} // namespace zmqrt::actors
