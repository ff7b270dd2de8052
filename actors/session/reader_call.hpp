// SPDX-License-Identifier: MPL-2.0
//
// Calls whoever waits in recv for what a connection delivers, where messages
// are large a little later: a wake-up costs as much as reading one of them, so
// one serves several. It comes as soon as the reactor has nothing more to
// read; the gate does not wait for it once enough has come in
// (docs/rationale.md). Belongs to the reactor's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "actors/gate/gate.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

class reader_call final : public transports::task,
                          public std::enable_shared_from_this<reader_call> {
public:
  reader_call(transports::reactor& loop, std::shared_ptr<gate> door)
    : loop_(loop), door_(std::move(door)) {
  }

  /// So much is about to be delivered. True: this will call; false: the
  /// delivery itself has to.
  [[nodiscard]] bool defers(std::uint64_t messages, std::size_t bytes);

  /// Calls if nothing came since the reactor's last turn.
  void run() noexcept override;

private:
  // Not shared: the loop itself may hold this, posted, when it ends.
  transports::reactor& loop_;
  std::shared_ptr<gate> door_;
  bool owed_ = false;      ///< somebody may have to be called
  bool more_came_ = false; ///< since the last run()
};

} // namespace zmqrt::actors
