// SPDX-License-Identifier: MPL-2.0
//
// A UDP endpoint on a ring: the ring only says when there is something to read
// or room to write. One system call moves many datagrams then, which no ring's
// operation does. Belongs to the loop's thread.

#pragma once

#include <cstdint>

#include <poll.h>

#include "transports/posix/kernel_datagram.hpp"
#include "transports/ring/ring_reactor.hpp"

namespace zmqrt::transports {

class ring_datagram final : public kernel_datagram {
public:
  ring_datagram(ring_reactor& loop, datagram_scratch& scratch,
                datagram_socket socket) noexcept
    : kernel_datagram(loop, scratch, std::move(socket)), ring_(loop) {
  }

private:
  /// One look at the socket, which ends when it can be read or written.
  class look final : public ring_operation {
  public:
    look(ring_datagram& of, unsigned what) noexcept : of_(of), what_(what) {
    }
    void arm();
    void cancel();
    void on_completion(int outcome, std::uint32_t flags) override;

  private:
    ring_datagram& of_;
    unsigned what_;
  };

  void watch(bool readable, bool writable) override;
  void unwatch() override;
  void on_look(unsigned what);

  ring_reactor& ring_;
  look in_{*this, POLLIN};
  look out_{*this, POLLOUT};
};

} // namespace zmqrt::transports
