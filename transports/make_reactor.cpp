// SPDX-License-Identifier: MPL-2.0
//
// Which reactor a process gets. See reactor.hpp.

#include <system_error>

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::transports {

bool ring_available() noexcept {
  return false;
}

result<std::unique_ptr<reactor>> make_reactor(backend_choice choice) {
  if (choice == backend_choice::io_uring)
    return errc::not_supported;
  try {
    return std::unique_ptr<reactor>{std::make_unique<epoll_reactor>()};
  } catch (const std::system_error& refused) {
    return errno_code(refused.code().value());
  }
}

} // namespace zmqrt::transports
