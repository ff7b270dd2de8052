// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket(3), zmq_close(3), zmq_bind(3), zmq_connect(3) and their reverse.
// What is no socket is ENOTSOCK.

#include <memory>
#include <utility>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/types.hpp"

using zmqrt::socket_type;
using zmqrt::c_api::c_context;
using zmqrt::c_api::c_socket;
using zmqrt::c_api::caught;
using zmqrt::c_api::context_handle;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::open_handle;
using zmqrt::c_api::pinned;
using zmqrt::c_api::refused;

namespace {

/// Stable builds of libzmq know no draft types.
bool is_type(int number) noexcept {
  const int last = zmqrt::c_api::offers_drafts()
                     ? static_cast<int>(zmqrt::socket_types) - 1
                     : ZMQ_STREAM;
  return number >= 0 && number <= last;
}

std::unique_ptr<c_socket> make_socket(const std::shared_ptr<c_context>& home,
                                      socket_type type) {
  auto opened = home->open(type, c_context::counted::yes);
  try {
    return std::make_unique<c_socket>(home, std::move(opened));
  } catch (...) {
    home->socket_closed();
    throw;
  }
}

using endpoint_verb = void (*)(zmqrt::socket& of, const char* endpoint);

int at_endpoint(void* handle, const char* endpoint, endpoint_verb verb) {
  const pinned<c_socket> of{handle};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  if (endpoint == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    verb(of->handle(), endpoint);
    return 0;
  });
}

} // namespace

extern "C" {

void* zmq_socket(void* context_, int type_) {
  const pinned<context_handle> home{context_};
  if (!home)
    return refused(EFAULT);
  if (!is_type(type_))
    return refused(EINVAL);
  try {
    auto made = make_socket(home->context, static_cast<socket_type>(type_));
    void* const handle = open_handle(made.get());
    if (handle == nullptr)
      return refused(EMFILE);
    (void)made.release();
    return handle;
  } catch (...) {
    return refused(caught());
  }
}

int zmq_close(void* s_) {
  pinned<c_socket> of{s_};
  if (!of || !of.close())
    return failed(ENOTSOCK);
  if (of->home()->forked())
    of.abandon(); // nothing of it runs here
  else
    of->close();
  return 0;
}

int zmq_bind(void* s_, const char* addr_) {
  return at_endpoint(s_, addr_, [](zmqrt::socket& of, const char* endpoint) {
    (void)of.bind(endpoint);
  });
}

int zmq_connect(void* s_, const char* addr_) {
  return at_endpoint(s_, addr_, [](zmqrt::socket& of, const char* endpoint) {
    of.connect(endpoint);
  });
}

int zmq_unbind(void* s_, const char* addr_) {
  return at_endpoint(s_, addr_, [](zmqrt::socket& of, const char* endpoint) {
    of.unbind(endpoint);
  });
}

int zmq_disconnect(void* s_, const char* addr_) {
  return at_endpoint(s_, addr_, [](zmqrt::socket& of, const char* endpoint) {
    of.disconnect(endpoint);
  });
}

} // extern "C"
