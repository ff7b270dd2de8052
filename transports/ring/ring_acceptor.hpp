// SPDX-License-Identifier: MPL-2.0
//
// A listening socket served by io_uring: one accept that goes on by itself
// where the kernel can, else one after the other. Belongs to the loop's
// thread.

#pragma once

#include <cstdint>
#include <system_error>

#include "transports/posix/listening_socket.hpp"
#include "transports/ring/ring_reactor.hpp"

namespace zmqrt::transports {

class ring_acceptor final : public acceptor,
                            private ring_operation,
                            private deferred_call {
public:
  ring_acceptor(ring_reactor& loop, listening_socket socket,
                const listen_options& options);

  void start(accept_handler& handler) override;
  void resume() override;
  void close() override;
  [[nodiscard]] const address& local() const noexcept override {
    return socket_.local();
  }

private:
  void on_completion(int outcome, std::uint32_t flags) override;
  void on_deferred() override;

  void accept_next();
  void accepted(descriptor connection);
  void refused(int error);
  void finish_close();

  ring_reactor& loop_;
  listening_socket socket_;
  stream_options options_;
  accept_handler* handler_ = nullptr;
  bool multishot_ = false;
  bool stopped_ = false; // until resume()
  bool closing_ = false;
  bool closed_ = false;
};

} // namespace zmqrt::transports
