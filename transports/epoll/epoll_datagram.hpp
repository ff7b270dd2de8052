// SPDX-License-Identifier: MPL-2.0
//
// A UDP endpoint served by epoll. Belongs to the loop's thread.

#pragma once

#include <cstdint>

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/posix/kernel_datagram.hpp"

namespace zmqrt::transports {

class epoll_datagram final : public kernel_datagram, private epoll_target {
public:
  static result<std::unique_ptr<datagram>>
  open(epoll_reactor& loop, datagram_scratch& scratch, datagram_socket socket);
  ~epoll_datagram() override;

private:
  epoll_datagram(epoll_reactor& loop, datagram_scratch& scratch,
                 datagram_socket socket) noexcept
    : kernel_datagram(loop, scratch, std::move(socket)), loop_(loop) {
  }

  void watch(bool readable, bool writable) override;
  void unwatch() override;
  void on_events(std::uint32_t events) override;
  void forget() noexcept;

  epoll_reactor& loop_;
  std::uint32_t watched_ = 0; // level-triggered
  bool known_ = false;        // to epoll
};

} // namespace zmqrt::transports
