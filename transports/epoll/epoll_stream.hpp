// SPDX-License-Identifier: MPL-2.0
//
// A stream served by epoll, edge by edge: it remembers what the descriptor is
// ready for, reads a bounded amount per turn and writes at once. Belongs to
// the loop's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/posix/batch_cursor.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class epoll_stream final : public stream,
                           private epoll_target,
                           private deferred_call {
public:
  epoll_stream(epoll_reactor& loop, descriptor socket, const address& remote,
               const stream_options& options);

  void start(stream_handler& handler) override;
  void receive(bool on) override;
  void send(const batch& bytes) override;
  void shutdown_send() override;
  void close() override;
  [[nodiscard]] const address& local() const noexcept override;
  [[nodiscard]] const address& remote() const noexcept override {
    return remote_;
  }
  [[nodiscard]] std::optional<peer_credentials> credentials() const override;

private:
  void on_events(std::uint32_t events) override;
  void on_deferred() override;

  void read_some();
  bool read_once();
  void deliver(std::size_t direct, std::size_t plain);
  void end_receive(std::error_code why);
  void write_some();
  void set_writable(bool on);
  void tell_sent();

  epoll_reactor& loop_;
  descriptor socket_;
  address remote_;
  mutable address local_;
  std::size_t read_bytes_;
  std::size_t write_bytes_;
  stream_handler* handler_ = nullptr;

  std::error_code start_failed_;
  bool receiving_ = false;
  bool readable_ = false;
  bool hung_up_ = false; // the peer's end or an error is among what is there
  bool after_direct_ = false;
  bool received_all_ = false;

  batch_cursor unsent_;
  bool sending_ = false;
  bool writable_ = true;
  bool closing_ = false;
  std::size_t untold_ = 0; // bytes sent and not yet told
  std::error_code send_failed_;
};

} // namespace zmqrt::transports
