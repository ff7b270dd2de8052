// SPDX-License-Identifier: MPL-2.0
//
// Which reactor a process gets. See reactor.hpp.

#include <system_error>

#include "transports/epoll/epoll_reactor.hpp"
#include "transports/reactor.hpp"
#include "transports/ring/passing_thread.hpp"
#include "transports/ring/ring_reactor.hpp"

namespace zmqrt::transports {

namespace {

template <class Make>
result<std::unique_ptr<reactor>> attempt(Make&& make) {
  try {
    return std::unique_ptr<reactor>{make()};
  } catch (const std::system_error& refused) {
    return errno_code(refused.code().value());
  }
}

} // namespace

result<std::unique_ptr<datagram>>
reactor::open_datagram(const address&, const datagram_options&) {
  return failure{make_error_code(errc::not_supported), "no UDP here"};
}

bool ring_available() noexcept {
  return probed_ring().has_value();
}

result<std::unique_ptr<reactor>> make_reactor(backend_choice choice) {
  if (choice != backend_choice::epoll) {
    if (const auto& features = probed_ring()) {
      // A ring that the kernel grants in general may fail for want of memory
      // or descriptors now.
      auto made = on_passing_thread([&] {
        return attempt(
          [&] { return std::make_unique<ring_reactor>(*features); });
      });
      if (made || choice == backend_choice::io_uring)
        return made;
    } else if (choice == backend_choice::io_uring) {
      return failure{make_error_code(errc::not_supported),
                     "this process is refused io_uring"};
    }
  }
  return attempt([] { return std::make_unique<epoll_reactor>(); });
}

} // namespace zmqrt::transports
