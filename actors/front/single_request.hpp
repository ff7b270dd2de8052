// SPDX-License-Identifier: MPL-2.0
//
// Requests by a REQ: one at a time, the others wait for their turn. The
// reactor's thread.
//
//   waiting --its turn--> sending --there is room--> awaiting --reply--> over
//
// At each step it may be given up: its actor asks again or has ended, its time
// is over, its peer is gone.

#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>

#include <caf/actor_addr.hpp>
#include <caf/response_promise.hpp>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/time.hpp"

namespace zmqrt::actors {

class single_request {
public:
  single_request(std::shared_ptr<gate> door, std::size_t most)
    : door_(std::move(door)), most_(most) {
  }

  void ask(message what, const caf::actor_addr& asker,
           caf::response_promise reply);
  /// Goes as far as it goes now. The bells are called when it goes on.
  void advance(time_point now, const std::shared_ptr<watcher>& in,
               const std::shared_ptr<watcher>& out);
  /// What came in is a reply to somebody.
  [[nodiscard]] bool awaits() const noexcept {
    return current_ && current_->sent;
  }
  [[nodiscard]] bool empty() const noexcept {
    return !current_ && waiting_.empty();
  }
  /// It has ended, and waits for nothing.
  void forget(const caf::actor_addr& ended);
  void expire(time_point now);
  [[nodiscard]] std::optional<time_point> deadline() const noexcept {
    return current_ ? current_->deadline : std::nullopt;
  }
  void fail(std::error_code why);

private:
  struct request {
    message what;
    caf::actor_addr asker;
    caf::response_promise reply; // satisfied: nobody waits for it
    std::optional<time_point> deadline{};
    bool sent = false;
  };

  /// Whether a request amid another is possible: its reply is told from the
  /// other one's.
  [[nodiscard]] bool may_give_up() const;
  void end_current(std::error_code why);
  /// Nobody waits for its reply. Where that could not be told from the next
  /// one's, it keeps its turn until the reply is there, or its peer has gone.
  void abandon_current();
  /// False: it waits for something.
  [[nodiscard]] bool send_current(time_point now);
  [[nodiscard]] bool receive_current();

  std::shared_ptr<gate> door_;
  std::size_t most_;
  std::optional<request> current_;
  std::deque<request> waiting_;
};

} // namespace zmqrt::actors
