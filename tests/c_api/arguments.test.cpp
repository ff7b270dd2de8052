// SPDX-License-Identifier: MPL-2.0
//
// Every function that takes a context, a socket or a message, with what is
// none: NULL, closed, another kind, made up. The documented errno, and nothing
// else happens. On ours alone: libzmq looks at the memory behind what it is
// given, some of which it has freed.

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <sys/uio.h>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

struct call {
  const char* name;
  std::function<bool(void*)> fails; // of a handle: with -1, or a null pointer
};

bool minus_one(int rc) {
  return rc == -1;
}

struct all_handles {
  all_handles() {
    zmq_close(closed_socket);
    REQUIRE(zmq_ctx_term(ended_context) == 0);
    REQUIRE(zmq_msg_init(&msg) == 0);
  }
  all_handles(const all_handles&) = delete;
  all_handles& operator=(const all_handles&) = delete;
  ~all_handles() {
    zmq_msg_close(&msg);
    zmq_close(socket);
    zmq_ctx_term(context);
  }

  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PAIR);
  void* closed_socket = zmq_socket(context, ZMQ_PAIR);
  void* ended_context = zmq_ctx_new();
  zmq_msg_t msg;
  std::array<char, 256> zeros{};

  /// What is no handle at all.
  [[nodiscard]] std::vector<void*> nothing() {
    return {nullptr,
            zeros.data(),
            &msg,
            static_cast<char*>(socket) + 1,
            static_cast<char*>(socket) + 64 * 100'000,
            reinterpret_cast<void*>(8),
            reinterpret_cast<void*>(~std::uintptr_t{0})};
  }
};

std::vector<call> socket_calls() {
  static int number = 0;
  static std::array<char, 64> room{};
  static std::size_t size = 0;
  static zmq_msg_t msg;
  static iovec part{};
  static std::size_t parts = 1;
  zmq_msg_init(&msg);
  part = {room.data(), 1};
  return {
    {"zmq_close", [](void* s) { return minus_one(zmq_close(s)); }},
    {"zmq_bind", [](void* s) { return minus_one(zmq_bind(s, "inproc://x")); }},
    {"zmq_connect",
     [](void* s) { return minus_one(zmq_connect(s, "inproc://x")); }},
    {"zmq_unbind",
     [](void* s) { return minus_one(zmq_unbind(s, "inproc://x")); }},
    {"zmq_disconnect",
     [](void* s) { return minus_one(zmq_disconnect(s, "inproc://x")); }},
    {"zmq_setsockopt",
     [](void* s) {
       return minus_one(zmq_setsockopt(s, ZMQ_LINGER, &number, sizeof number));
     }},
    {"zmq_getsockopt",
     [](void* s) {
       size = sizeof number;
       return minus_one(zmq_getsockopt(s, ZMQ_TYPE, &number, &size));
     }},
    {"zmq_send",
     [](void* s) { return minus_one(zmq_send(s, "x", 1, ZMQ_DONTWAIT)); }},
    {"zmq_send_const",
     [](void* s) {
       return minus_one(zmq_send_const(s, "x", 1, ZMQ_DONTWAIT));
     }},
    {"zmq_recv",
     [](void* s) {
       return minus_one(zmq_recv(s, room.data(), room.size(), ZMQ_DONTWAIT));
     }},
    {"zmq_msg_send",
     [](void* s) { return minus_one(zmq_msg_send(&msg, s, ZMQ_DONTWAIT)); }},
    {"zmq_msg_recv",
     [](void* s) { return minus_one(zmq_msg_recv(&msg, s, ZMQ_DONTWAIT)); }},
    {"zmq_sendmsg",
     [](void* s) { return minus_one(zmq_sendmsg(s, &msg, ZMQ_DONTWAIT)); }},
    {"zmq_recvmsg",
     [](void* s) { return minus_one(zmq_recvmsg(s, &msg, ZMQ_DONTWAIT)); }},
    {"zmq_sendiov",
     [](void* s) { return minus_one(zmq_sendiov(s, &part, 1, ZMQ_DONTWAIT)); }},
    {"zmq_recviov",
     [](void* s) {
       return minus_one(zmq_recviov(s, &part, &parts, ZMQ_DONTWAIT));
     }},
    {"zmq_socket_monitor",
     [](void* s) {
       return minus_one(zmq_socket_monitor(s, "inproc://m", ZMQ_EVENT_ALL));
     }},
    {"zmq_proxy", // NULL is EFAULT there
     [](void* s) {
       return s == nullptr ? minus_one(zmq_close(s))
                           : minus_one(zmq_proxy(s, s, nullptr));
     }},
  };
}

std::vector<call> context_calls() {
  return {
    {"zmq_ctx_term", [](void* c) { return minus_one(zmq_ctx_term(c)); }},
    {"zmq_ctx_destroy", [](void* c) { return minus_one(zmq_ctx_destroy(c)); }},
    {"zmq_term", [](void* c) { return minus_one(zmq_term(c)); }},
    {"zmq_ctx_shutdown",
     [](void* c) { return minus_one(zmq_ctx_shutdown(c)); }},
    {"zmq_ctx_set",
     [](void* c) { return minus_one(zmq_ctx_set(c, ZMQ_MAX_SOCKETS, 1)); }},
    {"zmq_ctx_get",
     [](void* c) { return minus_one(zmq_ctx_get(c, ZMQ_MAX_SOCKETS)); }},
    {"zmq_socket", [](void* c) { return zmq_socket(c, ZMQ_PAIR) == nullptr; }},
  };
}

std::vector<call> message_calls() {
  static zmq_msg_t other;
  zmq_msg_init(&other);
  const auto as = [](void* m) { return static_cast<zmq_msg_t*>(m); };
  return {
    {"zmq_msg_close", [=](void* m) { return minus_one(zmq_msg_close(as(m))); }},
    {"zmq_msg_move to",
     [=](void* m) { return minus_one(zmq_msg_move(as(m), &other)); }},
    {"zmq_msg_move from",
     [=](void* m) { return minus_one(zmq_msg_move(&other, as(m))); }},
    {"zmq_msg_copy to",
     [=](void* m) { return minus_one(zmq_msg_copy(as(m), &other)); }},
    {"zmq_msg_copy from",
     [=](void* m) { return minus_one(zmq_msg_copy(&other, as(m))); }},
    {"zmq_msg_data", [=](void* m) { return zmq_msg_data(as(m)) == nullptr; }},
    {"zmq_msg_size", [=](void* m) { return zmq_msg_size(as(m)) == 0; }},
    {"zmq_msg_more", [=](void* m) { return zmq_msg_more(as(m)) == 0; }},
    {"zmq_msg_get",
     [=](void* m) { return minus_one(zmq_msg_get(as(m), ZMQ_MORE)); }},
    {"zmq_msg_set",
     [=](void* m) { return minus_one(zmq_msg_set(as(m), ZMQ_MORE, 1)); }},
    {"zmq_msg_gets",
     [=](void* m) { return zmq_msg_gets(as(m), "User-Id") == nullptr; }},
  };
}

void check_fails(const call& what, void* handle, int why) {
  CAPTURE(what.name, handle);
  errno = 0;
  CHECK(what.fails(handle));
  CHECK(errno == why);
}

} // namespace

TEST_CASE("what is no socket is ENOTSOCK") {
  all_handles at;
  auto wrong = at.nothing();
  wrong.insert(wrong.end(), {at.closed_socket, at.context, at.ended_context});
  for (const auto& what : socket_calls())
    for (void* const handle : wrong)
      check_fails(what, handle, ENOTSOCK);
}

TEST_CASE("a proxy wants two sockets") {
  all_handles at;
  for (void* const handle : at.nothing())
    for (const bool first : {false, true}) {
      errno = 0;
      CHECK(zmq_proxy(first ? handle : at.socket, first ? at.socket : handle,
                      nullptr)
            == -1);
      CHECK(errno == (handle == nullptr ? EFAULT : ENOTSOCK));
      errno = 0;
      CHECK(zmq_proxy_steerable(first ? handle : at.socket,
                                first ? at.socket : handle, nullptr, nullptr)
            == -1);
      CHECK(errno == (handle == nullptr ? EFAULT : ENOTSOCK));
      errno = 0;
      CHECK(zmq_device(ZMQ_QUEUE, first ? handle : at.socket,
                       first ? at.socket : handle)
            == -1);
      CHECK(errno == (handle == nullptr ? EFAULT : ENOTSOCK));
    }
}

TEST_CASE("what is no context is EFAULT") {
  all_handles at;
  auto wrong = at.nothing();
  wrong.insert(wrong.end(), {at.closed_socket, at.socket, at.ended_context});
  for (const auto& what : context_calls())
    for (void* const handle : wrong)
      check_fails(what, handle, EFAULT);
}

TEST_CASE("what is no message is EFAULT") {
  all_handles at;
  zmq_msg_t closed;
  REQUIRE(zmq_msg_init(&closed) == 0);
  REQUIRE(zmq_msg_close(&closed) == 0);
  for (const auto& what : message_calls())
    for (void* const msg :
         {static_cast<void*>(nullptr), static_cast<void*>(&closed)})
      check_fails(what, msg, EFAULT);
  for (zmq_msg_t* const msg : {static_cast<zmq_msg_t*>(nullptr), &closed}) {
    errno = 0;
    CHECK(zmq_msg_send(msg, at.socket, ZMQ_DONTWAIT) == -1);
    CHECK(errno == EFAULT);
    errno = 0;
    CHECK(zmq_msg_recv(msg, at.socket, ZMQ_DONTWAIT) == -1);
    CHECK(errno == EFAULT);
  }
  for (int (*const init)(zmq_msg_t*) :
       {+[](zmq_msg_t* m) { return zmq_msg_init(m); },
        +[](zmq_msg_t* m) { return zmq_msg_init_size(m, 1); },
        +[](zmq_msg_t* m) {
          return zmq_msg_init_data(m, nullptr, 0, nullptr, nullptr);
        }}) {
    errno = 0;
    CHECK(init(nullptr) == -1);
    CHECK(errno == EFAULT);
  }
}

TEST_CASE("arguments out of range are refused at the call") {
  all_handles at;
  const auto is = [](int rc, int why) {
    const int seen = errno;
    errno = 0;
    return rc == -1 && seen == why;
  };
  int number = 0;
  std::size_t size = sizeof number;
  std::size_t too_small = 1;
  void* const s = at.socket;
  CHECK(is(zmq_bind(s, nullptr), EINVAL));
  CHECK(is(zmq_connect(s, nullptr), EINVAL));
  CHECK(is(zmq_unbind(s, nullptr), EINVAL));
  CHECK(is(zmq_disconnect(s, nullptr), EINVAL));
  CHECK(is(zmq_bind(s, "no endpoint"), EINVAL));
  CHECK(is(zmq_bind(s, "nothing://x"), EPROTONOSUPPORT));
  CHECK(is(zmq_bind(s, "tcp://nowhere.invalid:1"), ENODEV));
  CHECK(is(zmq_unbind(s, "inproc://never"), ENOENT));
  CHECK(is(zmq_disconnect(s, "tcp://127.0.0.1:1"), ENOENT));
  CHECK(is(zmq_setsockopt(s, ZMQ_LINGER, nullptr, sizeof number), EINVAL));
  CHECK(is(zmq_setsockopt(s, ZMQ_LINGER, &number, 1), EINVAL));
  CHECK(is(zmq_setsockopt(s, 4711, &number, sizeof number), EINVAL));
  CHECK(is(zmq_setsockopt(s, ZMQ_TYPE, &number, sizeof number), EINVAL));
  CHECK(is(zmq_setsockopt(s, ZMQ_SUBSCRIBE, "", 0), EINVAL));
  CHECK(is(zmq_getsockopt(s, ZMQ_LINGER, nullptr, &size), EINVAL));
  CHECK(is(zmq_getsockopt(s, ZMQ_LINGER, &number, nullptr), EINVAL));
  for (const int option : {ZMQ_LINGER, ZMQ_EVENTS, ZMQ_FD, ZMQ_RCVMORE})
    CHECK(is(zmq_getsockopt(s, option, &number, &too_small), EINVAL));
  CHECK(is(zmq_getsockopt(s, 4711, &number, &size), EINVAL));
  CHECK(is(zmq_send(s, nullptr, 1, 0), EFAULT));
  CHECK(is(zmq_recv(s, nullptr, 1, 0), EFAULT));
  CHECK(is(zmq_sendiov(s, nullptr, 1, 0), EINVAL));
  iovec part{};
  CHECK(is(zmq_sendiov(s, &part, 0, 0), EINVAL));
  CHECK(is(zmq_recviov(s, &part, nullptr, 0), EINVAL));
  CHECK(is(zmq_recviov(s, nullptr, &size, 0), EINVAL));
  CHECK(is(zmq_ctx_set(at.context, ZMQ_MAX_SOCKETS, -1), EINVAL));
  CHECK(is(zmq_ctx_set(at.context, ZMQ_IO_THREADS, -1), EINVAL));
  CHECK(is(zmq_ctx_set(at.context, 4711, 1), EINVAL));
  CHECK(is(zmq_ctx_get(at.context, 4711), EINVAL));
  for (const int type : {-1, 12, 20, 4711}) { // drafts are none here
    errno = 0;
    CHECK(zmq_socket(at.context, type) == nullptr);
    CHECK(errno == EINVAL);
  }
  errno = 0;
  CHECK(zmq_init(-1) == nullptr);
  CHECK(errno == EINVAL);
}

TEST_CASE(
  "a socket that was closed stays closed, whatever is opened after it") {
  void* const context = zmq_ctx_new();
  void* const first = zmq_socket(context, ZMQ_PAIR);
  REQUIRE(zmq_close(first) == 0);
  for (int i = 0; i < 50; ++i) {
    void* const next = zmq_socket(context, ZMQ_PAIR);
    REQUIRE(next != nullptr);
    CHECK(next != first);
    errno = 0;
    CHECK(zmq_send(first, "x", 1, ZMQ_DONTWAIT) == -1);
    CHECK(errno == ENOTSOCK);
    REQUIRE(zmq_close(next) == 0);
  }
  CHECK(zmq_ctx_term(context) == 0);
}
