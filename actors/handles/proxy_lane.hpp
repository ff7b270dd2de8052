// SPDX-License-Identifier: MPL-2.0
//
// One direction of a proxy: it waits either for something to read or for room
// where that goes. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/gate/gate.hpp"
#include "actors/handles/proxy_run.hpp"
#include "zmqrt/error.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/poller.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::actors {

/// Of messages.
struct proxy_count {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  void add(std::span<const message> what);
};

class proxy_lane {
public:
  /// `rest` goes out first, and in the end is what could not go out. `capture`
  /// may be none. Where `interruptible`, a signal ends sends that wait.
  proxy_lane(const socket& from, const socket& to, const socket& capture,
             proxy_rest& rest, bool interruptible);
  ~proxy_lane();
  proxy_lane(const proxy_lane&) = delete;
  proxy_lane& operator=(const proxy_lane&) = delete;

  /// What it waits for at that socket.
  [[nodiscard]] poll_events wants(const socket& at) const;
  /// Reads and sends what there is room for, and waits at most for the
  /// capture. False: a signal came.
  [[nodiscard]] bool step();
  /// Sends what was read, as SNDTIMEO says. False: a signal came.
  [[nodiscard]] bool finish();

  [[nodiscard]] const proxy_count& received() const noexcept {
    return received_;
  }
  [[nodiscard]] proxy_count sent() const;

private:
  [[nodiscard]] patience waiting(const socket& to) const;
  void read();
  [[nodiscard]] bool capture();
  /// How many were sent; 0: a signal came, or what `allowed` says.
  std::size_t pass_on(patience limit, errc allowed);
  void drop_sent();

  socket from_;
  socket to_;
  socket capture_;
  proxy_rest& rest_; // read, and but for the first gone_ not sent
  std::size_t gone_ = 0;
  bool interruptible_;
  bool waits_for_room_;
  proxy_count received_;
};

} // namespace zmqrt::actors
