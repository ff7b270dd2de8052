// SPDX-License-Identifier: MPL-2.0
//
// How a connector ends: at once, or after its pipe is drained or linger is
// over.

#include "actors/connector/connector.hpp"
#include "actors/logging/loggers.hpp"

namespace zmqrt::actors {

bool connector::nothing_to_send() const {
  return !blueprint_.pipe || blueprint_.door->unsent(*blueprint_.pipe) == 0;
}

void connector::handle_stop(std::int64_t linger_ms) {
  if (phase_ == phase::stopped)
    return;
  if (blueprint_.pipe)
    blueprint_.door->stop_sending(*blueprint_.pipe);
  stopping_ = true;
  if (linger_ms == 0 || (!session_ && nothing_to_send())) {
    stop_now();
    return;
  }
  if (linger_ms > 0)
    loop().arm(linger_, loop().now() + std::chrono::milliseconds{linger_ms});
  if (session_)
    send(session_, drain_session{});
}

void connector::stop_now() {
  over_ = true;
  if (session_) {
    send(session_, abort_session{}); // its `down` brings us back here
    return;
  }
  quit();
}

void connector::detach_pipe() noexcept {
  if (!blueprint_.pipe)
    return;
  const auto pipe = *std::exchange(blueprint_.pipe, std::nullopt);
  try {
    // A session that still runs (this actor died of an exception) has it, and
    // its number must not go to another pipe.
    if (session_) {
      blueprint_.door->stop_sending(pipe);
      return;
    }
    batch nothing;
    blueprint_.door->detach(pipe, nothing);
  } catch (const std::exception& problem) { // no memory to hand over
    logging::connector().error("lost_at_end what={}", problem.what());
  }
}

void connector::on_exit() {
  phase_ = phase::stopped;
  resolution_.reset();
  for (auto* which : {&retry_, &connect_timeout_, &linger_})
    if (which->armed())
      loop().disarm(*which);
  if (dialer_ != nullptr)
    dialer_->close();
  detach_pipe();
  session_ = nullptr;
  end_monitoring(parent_.address());
  parent_ = nullptr;
}

} // namespace zmqrt::actors
