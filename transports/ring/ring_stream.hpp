// SPDX-License-Identifier: MPL-2.0
//
// A stream served by io_uring. Closing cancels what is in flight and waits
// for it: the last completion closes the descriptor. Belongs to the loop's
// thread.

#pragma once

#include <cstdint>
#include <optional>

#include "transports/posix/descriptor.hpp"
#include "transports/ring/ring_receiver.hpp"
#include "transports/ring/ring_sender.hpp"

namespace zmqrt::transports {

class ring_stream final : public stream, private deferred_call {
public:
  ring_stream(ring_reactor& loop, descriptor socket, const address& remote,
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

  // -- for the two halves ---------------------------------------------------

  [[nodiscard]] ring_reactor& loop() noexcept {
    return loop_;
  }
  /// What an operation names as its file, with the flags that go with it.
  [[nodiscard]] int file() const noexcept {
    return slot_ ? static_cast<int>(*slot_) : socket_.get();
  }
  [[nodiscard]] std::uint8_t file_flags() const noexcept {
    return slot_ ? IOSQE_FIXED_FILE : 0;
  }
  [[nodiscard]] stream_handler& handler() noexcept {
    return *handler_;
  }
  [[nodiscard]] bool closing() const noexcept {
    return closing_;
  }
  /// Has go_on() called later in the turn.
  void defer() noexcept {
    loop_.defer(*this);
  }
  /// Said by a half whose last completion came while closing. The stream may
  /// be gone afterwards.
  void finish_close();

private:
  void on_deferred() override;

  ring_reactor& loop_;
  descriptor socket_;
  std::optional<ring_files::slot> slot_;
  address remote_;
  mutable address local_;
  stream_handler* handler_ = nullptr;
  bool closing_ = false;
  bool closed_ = false;
  ring_receiver receiver_;
  ring_sender sender_;
};

} // namespace zmqrt::transports
