// SPDX-License-Identifier: MPL-2.0
//
// zmq_send(3), zmq_recv(3), zmq_msg_send(3), zmq_msg_recv(3), and their kin of
// old. All answer a size in bytes, of at most INT_MAX.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/uio.h>

#include <climits>
#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/lent_memory.hpp"
#include "actors/c_api/msg.hpp"
#include "libzmqrt/message/batch.hpp"

using zmqrt::frame;
using zmqrt::message;
using zmqrt::c_api::c_socket;
using zmqrt::c_api::call_kind;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::msg;
using zmqrt::c_api::pinned;
using zmqrt::c_api::returns_later;

namespace {

int as_answer(std::size_t size) noexcept {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

bool has(int flags, int flag) noexcept {
  return (flags & flag) != 0;
}

// The thread's, made by its first receive. A pointer needs no guard, and this
// model no call, to be found; it takes a word of the little room that libraries
// loaded later have for such.
[[gnu::tls_model("initial-exec")]] constinit thread_local message* of_thread =
  nullptr;

message& make_scratch() {
  struct keeper {
    ~keeper() {
      delete std::exchange(of_thread, nullptr);
    }
  };
  of_thread = new message;
  // Of a call that comes after the thread's last words, it stays behind.
  thread_local const keeper kept;
  (void)kept;
  return *of_thread;
}

/// What is received goes through here: a message that is used again knows the
/// properties of its connection already.
message& scratch() {
  return of_thread != nullptr ? *of_thread : make_scratch();
}

int send_bytes(void* handle, const void* bytes, std::size_t size, int flags,
               bool constant) noexcept {
  const pinned<c_socket> to{handle, call_kind::frequent};
  if (!to) [[unlikely]]
    return failed(ENOTSOCK);
  if (bytes == nullptr && size != 0) [[unlikely]]
    return failed(EFAULT);
  return guarded([&] {
    const bool more = has(flags, ZMQ_SNDMORE);
    const bool wait = !has(flags, ZMQ_DONTWAIT);
    const auto* const text = static_cast<const char*>(bytes);
    const auto why =
      constant && size >= zmqrt::attach_threshold
        ? to->send(frame::literal({text, size}), more, wait)
        : to->send(std::as_bytes(std::span{text, size}), more, wait);
    return why ? failed(why) : as_answer(size);
  });
}

int send_message(c_socket& to, msg& what, int flags) {
  const std::size_t size = what.size();
  const bool more = has(flags, ZMQ_SNDMORE);
  const bool wait = !has(flags, ZMQ_DONTWAIT);
  std::error_code why;
  if (to.is_single_framed() && !more) [[unlikely]] {
    // Where it goes is said beside the frame, by some of them.
    message whole{what.to_frame()};
    whole.set_routing_id(what.routing_id());
    if (*what.group() != '\0')
      whole.set_group(what.group());
    why = to.send(whole, wait);
  } else if (size < zmqrt::attach_threshold && !what.lent()) {
    why = to.send(what.bytes(), more, wait);
  } else {
    const returns_later unless_it_fails;
    why = to.send(what.to_frame(), more, wait);
    if (!why)
      what.clear();
  }
  if (why) [[unlikely]]
    return failed(why);
  what.clear();
  return as_answer(size);
}

int receive_message(c_socket& from, msg& into, int flags) {
  message& got = scratch();
  bool more = false;
  if (const auto why = from.receive(got, more, !has(flags, ZMQ_DONTWAIT)))
    [[unlikely]]
    return failed(why);
  try {
    into.take(got, more);
  } catch (const std::bad_alloc&) {
    from.put_back(std::move(got), more);
    throw;
  }
  return as_answer(into.size());
}

} // namespace

extern "C" {

int zmq_send(void* s_, const void* buf_, size_t len_, int flags_) {
  return send_bytes(s_, buf_, len_, flags_, false);
}

int zmq_send_const(void* s_, const void* buf_, size_t len_, int flags_) {
  return send_bytes(s_, buf_, len_, flags_, true);
}

int zmq_recv(void* s_, void* buf_, size_t len_, int flags_) {
  const pinned<c_socket> from{s_, call_kind::frequent};
  if (!from) [[unlikely]]
    return failed(ENOTSOCK);
  if (buf_ == nullptr && len_ != 0) [[unlikely]]
    return failed(EFAULT);
  return guarded([&] {
    message& got = scratch();
    bool more = false;
    if (const auto why = from->receive(got, more, !has(flags_, ZMQ_DONTWAIT)))
      [[unlikely]]
      return failed(why);
    const std::size_t size = got[0].size();
    if (const std::size_t fits = std::min(size, len_); fits != 0)
      std::memcpy(buf_, got[0].data(), fits);
    if (got[0].owner() != nullptr)
      got[0] = frame{};
    return as_answer(size);
  });
}

int zmq_msg_send(zmq_msg_t* msg_, void* s_, int flags_) {
  const pinned<c_socket> to{s_, call_kind::frequent};
  if (!to) [[unlikely]]
    return failed(ENOTSOCK);
  msg* const what = msg::of(msg_);
  if (what == nullptr) [[unlikely]]
    return failed(EFAULT);
  return guarded([&] { return send_message(*to, *what, flags_); });
}

int zmq_msg_recv(zmq_msg_t* msg_, void* s_, int flags_) {
  const pinned<c_socket> from{s_, call_kind::frequent};
  if (!from) [[unlikely]]
    return failed(ENOTSOCK);
  msg* const into = msg::of(msg_);
  if (into == nullptr) [[unlikely]]
    return failed(EFAULT);
  return guarded([&] { return receive_message(*from, *into, flags_); });
}

int zmq_sendmsg(void* s_, zmq_msg_t* msg_, int flags_) {
  return zmq_msg_send(msg_, s_, flags_);
}

int zmq_recvmsg(void* s_, zmq_msg_t* msg_, int flags_) {
  return zmq_msg_recv(msg_, s_, flags_);
}

int zmq_sendiov(void* s_, struct iovec* iov_, size_t count_, int flags_) {
  if (count_ == 0 || iov_ == nullptr) {
    const pinned<c_socket> to{s_};
    return failed(to ? EINVAL : ENOTSOCK);
  }
  int rc = 0;
  for (size_t i = 0; i < count_ && rc >= 0; ++i)
    rc = send_bytes(s_, iov_[i].iov_base, iov_[i].iov_len,
                    i + 1 == count_ ? flags_ & ~ZMQ_SNDMORE : flags_, false);
  return rc;
}

int zmq_recviov(void* s_, struct iovec* iov_, size_t* count_, int flags_) {
  const pinned<c_socket> from{s_, call_kind::frequent};
  if (!from)
    return failed(ENOTSOCK);
  if (count_ == nullptr || *count_ == 0 || iov_ == nullptr)
    return failed(EINVAL);
  const size_t room = std::exchange(*count_, 0);
  return guarded([&] {
    message& got = scratch();
    bool more = true;
    while (more && *count_ < room) {
      if (const auto why = from->receive(got, more, !has(flags_, ZMQ_DONTWAIT)))
        return failed(why);
      iovec& part = iov_[*count_];
      // The caller's to free(3).
      part.iov_len = got[0].size();
      part.iov_base = std::malloc(std::max<std::size_t>(part.iov_len, 1));
      if (part.iov_base == nullptr) {
        from->put_back(std::move(got), more);
        return failed(ENOMEM);
      }
      std::memcpy(part.iov_base, got[0].data(), part.iov_len);
      got[0] = frame{};
      ++*count_;
    }
    return as_answer(*count_);
  });
}

} // extern "C"
