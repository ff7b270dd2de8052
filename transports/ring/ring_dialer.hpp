// SPDX-License-Identifier: MPL-2.0
//
// One attempt at a connection on io_uring. Belongs to the loop's thread.

#pragma once

#include <cstdint>
#include <system_error>

#include "transports/posix/descriptor.hpp"
#include "transports/ring/ring_reactor.hpp"

namespace zmqrt::transports {

class ring_dialer final : public dialer,
                          private ring_operation,
                          private deferred_call {
public:
  ring_dialer(ring_reactor& loop, const address& remote,
              const dial_options& options)
    : loop_(loop), remote_(remote), options_(options) {
  }

  void start(dial_handler& handler) override;
  void close() override;

private:
  void on_completion(int outcome, std::uint32_t flags) override;
  void on_deferred() override;

  [[nodiscard]] std::error_code begin();
  void settle(std::error_code why);
  void finish_close();

  ring_reactor& loop_;
  address remote_;
  dial_options options_;
  dial_handler* handler_ = nullptr;
  descriptor socket_;
  std::error_code failed_;
  bool closing_ = false;
  bool settled_ = false;
};

} // namespace zmqrt::transports
