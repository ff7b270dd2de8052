// SPDX-License-Identifier: MPL-2.0
//
// The reactor on epoll, for kernels and sandboxes that refuse io_uring.
// Belongs to the loop's thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <sys/epoll.h>

#include "transports/posix/descriptor.hpp"
#include "transports/posix/kernel_reactor.hpp"

namespace zmqrt::transports {

/// Something whose descriptor epoll watches.
class epoll_target {
public:
  virtual void on_events(std::uint32_t events) = 0;

protected:
  ~epoll_target() = default;
};

class epoll_reactor final : public kernel_reactor {
public:
  /// Throws std::system_error when the process may not have another file.
  epoll_reactor();

  [[nodiscard]] result<std::unique_ptr<acceptor>>
  listen(const address& where, const listen_options& options) override;
  [[nodiscard]] std::unique_ptr<dialer>
  dial(const address& where, const dial_options& options) override;
  [[nodiscard]] std::string_view backend() const noexcept override {
    return "epoll";
  }

  [[nodiscard]] std::error_code watch(int fd, std::uint32_t events,
                                      epoll_target& target) noexcept;
  void change(int fd, std::uint32_t events, epoll_target& target) noexcept;
  /// Events that were collected before may still reach the target.
  void forget(int fd) noexcept;

  /// Where the streams of this loop read into, one after the other, so that
  /// an idle one holds no buffer.
  slab_ref receive_slab;

private:
  void on_run() override {
  }
  void on_rest() override {
  }
  void wait(const patience& limit) override;
  void dispatch() override;
  result<std::unique_ptr<datagram>> serve(datagram_socket socket,
                                          datagram_scratch& scratch) override;

  /// As epoll_wait(2) answers.
  int wait_once(const patience& limit) noexcept;

  descriptor epoll_;
  std::array<epoll_event, 256> events_{};
  std::size_t event_count_ = 0;
  bool nanoseconds_ = true; // epoll_pwait2 is there
};

} // namespace zmqrt::transports
