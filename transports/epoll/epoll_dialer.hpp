// SPDX-License-Identifier: MPL-2.0
//
// One attempt at a connection, watched by epoll. Belongs to the loop's thread.

#pragma once

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/posix/descriptor.hpp"

namespace zmqrt::transports {

class epoll_dialer final : public dialer,
                           private epoll_target,
                           private deferred_call {
public:
  epoll_dialer(epoll_reactor& loop, const address& remote,
               const dial_options& options)
    : loop_(loop), remote_(remote), options_(options) {
  }

  void start(dial_handler& handler) override;
  void close() override;

private:
  void on_events(std::uint32_t events) override;
  void on_deferred() override;

  [[nodiscard]] std::error_code begin();
  void settle(std::error_code why);
  void unwatch() noexcept;

  epoll_reactor& loop_;
  address remote_;
  dial_options options_;
  dial_handler* handler_ = nullptr;
  descriptor socket_;
  std::error_code failed_;
  bool watched_ = false;
  bool closing_ = false;
  bool settled_ = false;
};

} // namespace zmqrt::transports
