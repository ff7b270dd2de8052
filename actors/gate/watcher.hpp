// SPDX-License-Identifier: MPL-2.0
//
// Who waits for a gate without standing in it: a poller, a readiness fd. It
// looks (gate::poll), and where nothing holds it is called once when that may
// have changed, and looks again.

#pragma once

#include <memory>

namespace zmqrt::actors {

/// What a gate may be asked for, as bits (zmq_poll(3)).
inline constexpr unsigned poll_in = 1;
inline constexpr unsigned poll_out = 2;
/// It is over: verbs answer at once, with an error.
inline constexpr unsigned poll_error = 4;

class watcher {
public:
  virtual ~watcher() = default;
  /// On any thread, without the gate's lock; must not block.
  virtual void call() noexcept = 0;
};

/// What can be watched: a gate, a monitor's queue. Any thread.
class watchable {
public:
  /// Which of `wanted` hold now; poll_error always counts. Where none does
  /// and there is a `who`, it is called once, when one may. It is kept until
  /// forget().
  [[nodiscard]] virtual unsigned poll(unsigned wanted,
                                      const std::shared_ptr<watcher>& who) = 0;
  virtual void forget(const watcher& who) = 0;

protected:
  ~watchable() = default;
};

} // namespace zmqrt::actors
