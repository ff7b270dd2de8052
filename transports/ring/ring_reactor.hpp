// SPDX-License-Identifier: MPL-2.0
//
// The reactor on io_uring. Belongs to the loop's thread.

#pragma once

#include <cstdint>
#include <memory>

#include "transports/posix/kernel_reactor.hpp"
#include "transports/ring/receive_buffers.hpp"
#include "transports/ring/ring_files.hpp"
#include "transports/ring/ring_queue.hpp"
#include "transports/ring/write_parts.hpp"

namespace zmqrt::transports {

class ring_reactor final : public kernel_reactor {
public:
  /// Uses of `features` what the kernel grants. Throws std::system_error when
  /// it refuses a ring.
  explicit ring_reactor(const ring_features& features);
  ~ring_reactor() override;

  [[nodiscard]] result<std::unique_ptr<acceptor>>
  listen(const address& where, const listen_options& options) override;
  [[nodiscard]] std::unique_ptr<dialer>
  dial(const address& where, const dial_options& options) override;
  [[nodiscard]] std::string_view backend() const noexcept override {
    return "io_uring";
  }

  [[nodiscard]] ring_queue& queue() noexcept {
    return queue_;
  }
  /// What is known to work; whoever is refused a feature unsets it here.
  [[nodiscard]] ring_features& features() noexcept {
    return features_;
  }
  [[nodiscard]] ring_files& files() noexcept {
    return files_;
  }
  /// For handshakes, requests, heartbeats, and large frames' heads.
  [[nodiscard]] receive_buffers& small_buffers() noexcept {
    return small_;
  }
  /// For streams that come in bulk.
  [[nodiscard]] receive_buffers& big_buffers() noexcept {
    return big_;
  }
  [[nodiscard]] write_parts_pool& write_parts() noexcept {
    return write_parts_;
  }

private:
  /// Completes when a task is posted to the sleeping loop.
  class wake_operation final : public ring_operation {
  public:
    explicit wake_operation(ring_reactor& loop) noexcept : loop_(loop) {
    }
    void arm() noexcept;
    void on_completion(int outcome, std::uint32_t flags) override;

  private:
    ring_reactor& loop_;
  };

  void on_run() override;
  void on_rest() override;
  void wait(const patience& limit) override;
  void dispatch() override;
  result<std::unique_ptr<datagram>> serve(datagram_socket socket,
                                          datagram_scratch& scratch) override;

  ring_features features_;
  write_parts_pool write_parts_;
  ring_queue queue_;
  ring_files files_;
  receive_buffers small_;
  receive_buffers big_;
  wake_operation wake_{*this};
};

} // namespace zmqrt::transports
