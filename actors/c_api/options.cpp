// SPDX-License-Identifier: MPL-2.0
//
// zmq_setsockopt(3) and zmq_getsockopt(3): zmqrt's options by number, and the
// few that mean something of the C API's own.

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "zmqrt/curve.hpp"

using zmqrt::socket_type;
using zmqrt::c_api::c_socket;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::pinned;

namespace {

/// A key as a text, with its final zero.
constexpr std::size_t z85_key_size = 41;

int answer(const void* value, std::size_t size, void* into,
           std::size_t* room) noexcept {
  if (*room < size)
    return failed(EINVAL);
  std::memcpy(into, value, size);
  // Of a text that is no text in C, programs read the rest, too.
  std::memset(static_cast<char*>(into) + size, 0, *room - size);
  *room = size;
  return 0;
}

int answer(int value, void* into, std::size_t* room) noexcept {
  return answer(&value, sizeof value, into, room);
}

bool is_curve_key(int option) noexcept {
  return option == ZMQ_CURVE_PUBLICKEY || option == ZMQ_CURVE_SECRETKEY
         || option == ZMQ_CURVE_SERVERKEY;
}

/// Of a yes or no where libzmq takes any number above 0 for yes.
bool is_any_number_yes(int option) noexcept {
  switch (option) {
  case ZMQ_ROUTER_MANDATORY:
  case ZMQ_XPUB_VERBOSE:
  case ZMQ_PROBE_ROUTER:
  case ZMQ_REQ_CORRELATE:
  case ZMQ_REQ_RELAXED:
  case ZMQ_ROUTER_HANDOVER:
  case ZMQ_XPUB_NODROP:
  case ZMQ_XPUB_MANUAL:
  case ZMQ_INVERT_MATCHING:
  case ZMQ_XPUB_VERBOSER:
    return true;
  default:
    return false;
  }
}

/// What our option is to be where libzmq takes this number, and we do not: 0
/// stands for the system's own keepalive there.
int taken_for(int option, int value) noexcept {
  const bool is_keepalive = option == ZMQ_TCP_KEEPALIVE_CNT
                            || option == ZMQ_TCP_KEEPALIVE_IDLE
                            || option == ZMQ_TCP_KEEPALIVE_INTVL;
  if (is_keepalive && value == 0)
    return -1;
  return is_any_number_yes(option) && value > 1 ? 1 : value;
}

/// Every type takes it in libzmq; this one has nothing to do with it.
bool is_idle(int option, socket_type of) noexcept {
  const auto is_one_of = [of](std::initializer_list<socket_type> types) {
    return std::find(types.begin(), types.end(), of) != types.end();
  };
  using enum socket_type;
  switch (option) {
  case ZMQ_CONFLATE:
    return is_one_of({pair, req, rep, router, xpub, xsub, stream});
  case ZMQ_INVERT_MATCHING:
    return !is_one_of({pub, sub, xpub});
  default:
    return false;
  }
}

void set(c_socket& of, int option, std::span<const std::byte> value) {
  if (int number = 0; value.size() == sizeof number) {
    std::memcpy(&number, value.data(), sizeof number);
    if ((number == 0 || number == 1) && is_idle(option, of.door().type()))
      return;
    if (const int taken = taken_for(option, number); taken != number) {
      of.handle().set_raw(option, std::as_bytes(std::span{&taken, 1}));
      return;
    }
  }
  of.handle().set_raw(option, value);
}

} // namespace

extern "C" {

int zmq_setsockopt(void* s_, int option_, const void* optval_,
                   size_t optvallen_) {
  const pinned<c_socket> of{s_};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  if (optval_ == nullptr && optvallen_ != 0)
    return failed(EINVAL);
  return guarded([&] {
    set(*of, option_, {static_cast<const std::byte*>(optval_), optvallen_});
    return 0;
  });
}

int zmq_getsockopt(void* s_, int option_, void* optval_, size_t* optvallen_) {
  const pinned<c_socket> of{s_};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  if (optval_ == nullptr || optvallen_ == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    switch (option_) {
    case ZMQ_RCVMORE:
      return answer(of->receives_more() ? 1 : 0, optval_, optvallen_);
    case ZMQ_EVENTS:
      if (*optvallen_ < sizeof(int))
        return failed(EINVAL);
      return answer(static_cast<int>(of->events()), optval_, optvallen_);
    case ZMQ_FD:
      if (*optvallen_ < sizeof(int))
        return failed(EINVAL);
      return answer(of->fd(), optval_, optvallen_);
    case ZMQ_THREAD_SAFE: // what libzmq says; here all are
      return answer(zmqrt::single_framed(of->door().type()) ? 1 : 0, optval_,
                    optvallen_);
    default:
      break;
    }
    const std::vector<std::byte> value = of->handle().get_raw(option_);
    if (is_curve_key(option_) && *optvallen_ == z85_key_size) {
      const std::string text = zmqrt::z85_encode(value);
      return answer(text.c_str(), text.size() + 1, optval_, optvallen_);
    }
    return answer(value.data(), value.size(), optval_, optvallen_);
  });
}

} // extern "C"
