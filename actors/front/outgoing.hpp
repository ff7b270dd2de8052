// SPDX-License-Identifier: MPL-2.0
//
// What a front has to send: at once where there is room, else in its turn, as
// SNDTIMEO allows. Bounded by how many may wait. The reactor's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <caf/response_promise.hpp>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/time.hpp"

namespace zmqrt::actors {

class outgoing {
public:
  /// Called with what became of a message; no code: it is queued.
  using told = std::function<void(std::error_code)>;
  /// Whether it is to be sent still, when its turn has come.
  using wanted = std::function<bool()>;

  outgoing(std::shared_ptr<gate> door, std::size_t most)
    : door_(std::move(door)), most_(most) {
  }

  /// `again`: there is no room, or others wait. Moves from `what` only when it
  /// was accepted.
  [[nodiscard]] std::error_code try_send(message& what);
  /// The first `count` that fit are queued.
  [[nodiscard]] std::error_code try_send(std::span<message> what,
                                         std::size_t& count);
  /// In its turn; tells when it is over. Error: again (too many wait, or
  /// SNDTIMEO is 0), and it is told nothing. One that is not wanted any more is
  /// dropped, and told nothing either.
  [[nodiscard]] std::error_code wait(message what, time_point now, told tell,
                                     wanted still = {});
  /// As many as there are, `done` of which are queued; answers them all.
  [[nodiscard]] std::error_code wait(std::vector<message> what,
                                     std::size_t done, time_point now,
                                     caf::response_promise reply);

  /// Sends what fits by now. `bell` is called when it is worth while again.
  void pump(const std::shared_ptr<watcher>& bell);
  /// Those whose time is over hear of it.
  void expire(time_point now);
  [[nodiscard]] std::optional<time_point> deadline() const {
    return due_.empty() ? std::nullopt : std::optional{due_.begin()->first};
  }
  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }
  /// How many wait.
  [[nodiscard]] std::uint64_t messages() const noexcept;
  /// All of them hear this.
  void fail(std::error_code why);

private:
  struct waiting {
    std::uint64_t number = 0;
    std::vector<message> what;
    std::size_t done = 0;
    std::optional<time_point> deadline;
    wanted still;
    told tell;                   // of a single one,
    caf::response_promise reply; // or of several
  };

  [[nodiscard]] std::error_code push(waiting&& last, time_point now);
  /// No code: all of it is queued.
  [[nodiscard]] std::error_code advance(waiting& first);
  static void tell(waiting& which, std::error_code why);
  /// The first is over.
  waiting pop();
  void drop_unwanted();

  std::shared_ptr<gate> door_;
  std::size_t most_;
  std::uint64_t last_ = 0;
  std::deque<waiting> waiting_; // by number
  std::set<std::pair<time_point, std::uint64_t>> due_;
};

} // namespace zmqrt::actors
