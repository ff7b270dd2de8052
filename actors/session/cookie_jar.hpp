// SPDX-License-Identifier: MPL-2.0
//
// The CURVE cookies of one socket, with the timer that wipes their keys when
// nobody comes any more: until then a recorded handshake could be opened by
// them. Belongs to its reactor's thread.

#pragma once

#include <memory>

#include "libzmqrt/security/curve_cookies.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

class cookie_jar {
public:
  explicit cookie_jar(std::shared_ptr<transports::reactor> loop);

  /// For a handshake that begins now.
  [[nodiscard]] security::curve_cookies& open();
  /// The socket is over.
  void close() noexcept;

private:
  void on_timer();

  std::shared_ptr<transports::reactor> loop_;
  security::curve_cookies cookies_;
  transports::timer timer_;
  bool closed_ = false;
};

} // namespace zmqrt::actors
