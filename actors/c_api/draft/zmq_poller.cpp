// SPDX-License-Identifier: MPL-2.0
//
// zmq_poller(3) (draft): the functions.

#include <algorithm>
#include <cerrno>
#include <memory>

#include <climits>
#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/draft/poller.hpp"

using zmqrt::c_api::c_socket;
using zmqrt::c_api::caught;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::open_handle;
using zmqrt::c_api::pinned;
using zmqrt::c_api::poller;
using zmqrt::c_api::refused;

namespace {

constexpr int all_events = ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI;

/// 0, or what is wrong with it.
int flaw_of(const poller::target& what) noexcept {
  if (what.socket == nullptr)
    return what.fd < 0 ? EBADF : 0;
  return pinned<c_socket>{what.socket} ? 0 : ENOTSOCK;
}

/// Calls `verb(poller)`, which answers nothing, for something that is there.
template <class Verb>
int registered(void* handle, int flaw, short events, Verb verb) {
  const pinned<poller> of{handle};
  if (!of)
    return failed(EFAULT);
  if (flaw != 0)
    return failed(flaw);
  if ((events & ~all_events) != 0)
    return failed(EINVAL);
  return guarded([&] {
    verb(*of);
    return 0;
  });
}

/// A null pointer is no socket, and no descriptor either.
int flaw_of_socket(void* socket) noexcept {
  return socket == nullptr ? ENOTSOCK : flaw_of({socket, -1});
}

int wait(void* handle, zmq_poller_event_t* events, int most, long timeout) {
  const pinned<poller> of{handle};
  if (!of || events == nullptr)
    return failed(EFAULT);
  if (most <= 0)
    return failed(EINVAL);
  return guarded([&] { return of->wait(events, most, timeout); });
}

} // namespace

extern "C" {

void* zmq_poller_new(void) {
  try {
    auto made = std::make_unique<poller>();
    void* const handle = open_handle(made.get());
    if (handle == nullptr)
      return refused(ENOMEM);
    (void)made.release();
    return handle;
  } catch (...) {
    return refused(caught());
  }
}

int zmq_poller_destroy(void** poller_p) {
  if (poller_p == nullptr)
    return failed(EFAULT);
  pinned<poller> of{*poller_p};
  if (!of || !of.close())
    return failed(EFAULT);
  *poller_p = nullptr;
  return 0;
}

int zmq_poller_size(void* poller_) {
  const pinned<poller> of{poller_};
  if (!of)
    return failed(EFAULT);
  return static_cast<int>(std::min<std::size_t>(of->size(), INT_MAX));
}

int zmq_poller_add(void* poller_, void* socket, void* user_data, short events) {
  return registered(poller_, flaw_of_socket(socket), events, [&](poller& to) {
    to.add({socket, -1}, user_data, events);
  });
}

int zmq_poller_modify(void* poller_, void* socket, short events) {
  return registered(poller_, flaw_of_socket(socket), events, [&](poller& in) {
    in.modify({socket, -1}, events);
  });
}

int zmq_poller_remove(void* poller_, void* socket) {
  // Also one that was closed meanwhile.
  const int flaw = flaw_of_socket(socket);
  const int how =
    registered(poller_, socket == nullptr ? ENOTSOCK : 0, 0, [&](poller& from) {
      from.remove({socket, -1});
    });
  return how != 0 && flaw != 0 && errno == EINVAL ? failed(flaw) : how;
}

int zmq_poller_add_fd(void* poller_, zmq_fd_t fd, void* user_data,
                      short events) {
  return registered(poller_, flaw_of({nullptr, fd}), events, [&](poller& to) {
    to.add({nullptr, fd}, user_data, events);
  });
}

int zmq_poller_modify_fd(void* poller_, zmq_fd_t fd, short events) {
  return registered(poller_, flaw_of({nullptr, fd}), events, [&](poller& in) {
    in.modify({nullptr, fd}, events);
  });
}

int zmq_poller_remove_fd(void* poller_, zmq_fd_t fd) {
  return registered(poller_, flaw_of({nullptr, fd}), 0, [&](poller& from) {
    from.remove({nullptr, fd});
  });
}

int zmq_poller_wait(void* poller_, zmq_poller_event_t* event, long timeout) {
  if (wait(poller_, event, 1, timeout) == 1)
    return 0;
  if (event != nullptr)
    *event = {nullptr, -1, nullptr, 0};
  return -1;
}

int zmq_poller_wait_all(void* poller_, zmq_poller_event_t* events, int n_events,
                        long timeout) {
  return wait(poller_, events, n_events, timeout);
}

int zmq_poller_fd(void* poller_, zmq_fd_t* fd) {
  const pinned<poller> of{poller_};
  if (!of || fd == nullptr)
    return failed(EFAULT);
  return guarded([&] {
    *fd = of->fd();
    return 0;
  });
}

} // extern "C"
