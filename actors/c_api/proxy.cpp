// SPDX-License-Identifier: MPL-2.0
//
// zmq_proxy(3), zmq_proxy_steerable(3), zmq_device(3). A signal ends them; what
// they have taken by then is the next to be received, also by the next proxy.

#include <cerrno>
#include <utility>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/handles/proxy_run.hpp"

using zmqrt::actors::proxy_outcome;
using zmqrt::c_api::c_socket;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::pinned;

namespace {

/// What a proxy has taken of each side, and puts back in the end.
struct borrowed_rests {
  borrowed_rests(c_socket& of_frontend, c_socket& of_backend)
    : frontend(of_frontend), backend(of_backend) {
    rests.forth = frontend.take_rest();
    rests.back = backend.take_rest();
  }
  borrowed_rests(const borrowed_rests&) = delete;
  borrowed_rests& operator=(const borrowed_rests&) = delete;
  ~borrowed_rests() {
    frontend.put_back(std::move(rests.forth));
    backend.put_back(std::move(rests.back));
  }

  c_socket& frontend;
  c_socket& backend;
  zmqrt::actors::proxy_rests rests;
};

zmqrt::socket handle_of(const pinned<c_socket>& which) {
  return which ? which->handle() : zmqrt::socket{};
}

int run(void* frontend, void* backend, void* capture, void* control) {
  if (frontend == nullptr || backend == nullptr)
    return failed(EFAULT);
  const pinned<c_socket> front{frontend};
  const pinned<c_socket> back{backend};
  const pinned<c_socket> tap{capture};
  const pinned<c_socket> steering{control};
  if (!front || !back || (capture != nullptr && !tap)
      || (control != nullptr && !steering))
    return failed(ENOTSOCK);
  return guarded([&] {
    borrowed_rests held{*front, *back};
    switch (zmqrt::actors::run_proxy(
      {front->handle(), back->handle(), handle_of(tap), handle_of(steering)},
      held.rests, true)) {
    case proxy_outcome::told:
      return 0;
    case proxy_outcome::interrupted:
      return failed(EINTR);
    case proxy_outcome::closed:
      break;
    }
    for (const pinned<c_socket>* const each : {&front, &back, &tap, &steering})
      if (*each)
        if (const auto why = (*each)->door().failure())
          return failed(why);
    return failed(ETERM);
  });
}

} // namespace

extern "C" {

int zmq_proxy(void* frontend_, void* backend_, void* capture_) {
  return run(frontend_, backend_, capture_, nullptr);
}

int zmq_proxy_steerable(void* frontend_, void* backend_, void* capture_,
                        void* control_) {
  return run(frontend_, backend_, capture_, control_);
}

int zmq_device(int /*type_*/, void* frontend_, void* backend_) {
  return run(frontend_, backend_, nullptr, nullptr);
}

} // extern "C"
