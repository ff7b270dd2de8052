// SPDX-License-Identifier: MPL-2.0
//
// A listening socket served by epoll. Belongs to the loop's thread.

#pragma once

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/posix/listening_socket.hpp"

namespace zmqrt::transports {

class epoll_acceptor final : public acceptor,
                             private epoll_target,
                             private deferred_call {
public:
  epoll_acceptor(epoll_reactor& loop, listening_socket socket,
                 const listen_options& options);

  void start(accept_handler& handler) override;
  void resume() override;
  void close() override;
  [[nodiscard]] const address& local() const noexcept override {
    return socket_.local();
  }

private:
  void on_events(std::uint32_t events) override;
  void on_deferred() override;

  bool accept_once();
  void fail(std::error_code why);

  epoll_reactor& loop_;
  listening_socket socket_;
  stream_options options_;
  accept_handler* handler_ = nullptr;
  std::error_code watch_failed_;
  bool watched_ = false;
  bool closing_ = false;
};

} // namespace zmqrt::transports
