// SPDX-License-Identifier: MPL-2.0
//
// A UDP endpoint on a real kernel: it reads and writes in batches when the
// backend, which only adds how it waits, says that it can. Belongs to the
// loop's thread.

#pragma once

#include <utility>

#include "transports/posix/datagram_socket.hpp"
#include "transports/posix/kernel_reactor.hpp"

namespace zmqrt::transports {

class kernel_datagram : public datagram, private deferred_call {
public:
  void start(datagram_handler& handler) final;
  void receive(bool on) final;
  std::size_t send(std::span<const outgoing_datagram> what) final;
  void close() final;
  [[nodiscard]] const address& local() const noexcept final {
    return socket_.local();
  }
  [[nodiscard]] int family() const noexcept final {
    return socket_.family();
  }
  [[nodiscard]] const datagram_counts& counts() const noexcept final {
    return socket_.counts();
  }

protected:
  kernel_datagram(kernel_reactor& loop, datagram_scratch& scratch,
                  datagram_socket socket) noexcept
    : loop_(loop), scratch_(scratch), socket_(std::move(socket)) {
  }

  /// Has on_ready() called when that is so; asked for anew after each call.
  virtual void watch(bool readable, bool writable) = 0;
  /// Ends that; unwatched() has to be called when nothing refers to the
  /// descriptor any more.
  virtual void unwatch() = 0;

  void on_ready(bool readable, bool writable);
  void unwatched() noexcept {
    loop_.defer(*this);
  }
  [[nodiscard]] int fd() const noexcept {
    return socket_.fd();
  }
  [[nodiscard]] bool closing() const noexcept {
    return closing_;
  }

private:
  void on_deferred() override;
  void read_some();

  kernel_reactor& loop_;
  datagram_scratch& scratch_;
  datagram_socket socket_;
  datagram_handler* handler_ = nullptr;
  bool receiving_ = false;
  bool full_ = false;
  bool closing_ = false;
};

} // namespace zmqrt::transports
