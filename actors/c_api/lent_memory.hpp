// SPDX-License-Identifier: MPL-2.0
//
// Memory that a program lends for a message (zmq_msg_init_data(3)), and how it
// gets it back. The free function is the program's, and may wait: pyzmq's sends
// a message. So it is called at once only where the program itself drops the
// message; else, on the runtime's own threads and in the midst of a send, a
// thread that is there for nothing else calls it. Any thread.

#pragma once

#include <cstddef>

#include "libzmqrt/message/slab.hpp"
#include "zmqrt/frame.hpp"

namespace zmqrt::c_api {

/// Empty: no memory, and the buffer is still the caller's.
[[nodiscard]] slab_ref lend(void* data, std::size_t size,
                            frame::free_function free, void* hint) noexcept;

/// While one is there this thread calls no free function: what is sent may be
/// gone before the call returns, and the program may hold a lock.
class returns_later {
public:
  returns_later() noexcept;
  ~returns_later();
  returns_later(const returns_later&) = delete;
  returns_later& operator=(const returns_later&) = delete;

private:
  const bool before_;
};

/// Waits until what has been dropped so far is back with the program; not on
/// the thread that gives it back.
void await_returns() noexcept;

} // namespace zmqrt::c_api
