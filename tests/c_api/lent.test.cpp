// SPDX-License-Identifier: MPL-2.0
//
// zmq_msg_init_data(3): memory that a program lends comes back once it is not
// needed any more, however little it is, and not before (pyzmq's trackers wait
// for it). Runs on libzmq, too.

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

#include <zmq.h>

#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"

using zmqrt::test::eventually_is;

namespace {

void note_return(void* /*data*/, void* seen) {
  static_cast<std::atomic<int>*>(seen)->fetch_add(1);
}

} // namespace

TEST_CASE("lent memory comes back when its message has been sent") {
  const std::size_t size = GENERATE(1, 9, 300, 70'000);
  const int flags = GENERATE(0, ZMQ_SNDMORE);
  std::string lent(size, 'x');
  std::atomic<int> back{0};
  void* const ctx = zmq_ctx_new();
  void* const push = zmq_socket(ctx, ZMQ_PUSH);
  void* const pull = zmq_socket(ctx, ZMQ_PULL);
  REQUIRE(zmq_connect(push, "inproc://later") == 0);
  zmq_msg_t msg;
  REQUIRE(zmq_msg_init_data(&msg, lent.data(), size, note_return, &back) == 0);
  REQUIRE(zmq_msg_send(&msg, push, flags) == static_cast<int>(size));
  if (flags != 0)
    REQUIRE(zmq_send(push, "rest", 4, 0) == 4);
  CHECK(back == 0);
  REQUIRE(zmq_bind(pull, "inproc://later") == 0);
  REQUIRE(zmq_msg_init(&msg) == 0);
  REQUIRE(zmq_msg_recv(&msg, pull, 0) == static_cast<int>(size));
  CHECK(std::memcmp(zmq_msg_data(&msg), lent.data(), size) == 0);
  zmq_msg_close(&msg);
  if (flags != 0)
    REQUIRE(zmq_recv(pull, nullptr, 0, 0) == 4);
  eventually_is([&] { return back.load(); }, 1);
  zmq_close(push);
  zmq_close(pull);
  zmq_ctx_term(ctx);
  CHECK(back == 1);
}

namespace {

/// As pyzmq's: memory that comes back is told by a message, which may wait.
struct teller {
  void* push;
  std::atomic<int> told{0};
  std::atomic<int> failed{0};

  static void tell(void* /*data*/, void* hint) {
    auto& self = *static_cast<teller*>(hint);
    ++(zmq_send(self.push, "back", 4, 0) == 4 ? self.told : self.failed);
  }
};

struct lock_holder {
  std::atomic<int> back{0};
  std::atomic<int> within{0}; // came back within a send of the same thread
  static inline thread_local bool sending = false;

  static void note(void* /*data*/, void* hint) {
    auto& self = *static_cast<lock_holder*>(hint);
    ++(sending ? self.within : self.back);
  }
};

std::string endpoint_of(void* socket) {
  std::string text(256, '\0');
  std::size_t size = text.size();
  REQUIRE(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text.data(), &size) == 0);
  text.resize(size - 1);
  return text;
}

} // namespace

TEST_CASE("a free function may send, and wait for room") {
  constexpr int count = 3000;
  void* const told = zmq_ctx_new();
  void* const collect = zmq_socket(told, ZMQ_PULL);
  teller to{zmq_socket(told, ZMQ_PUSH)};
  const int mark = 2;
  for (void* const each : {collect, to.push})
    for (const int option : {ZMQ_SNDHWM, ZMQ_RCVHWM})
      REQUIRE(zmq_setsockopt(each, option, &mark, sizeof mark) == 0);
  REQUIRE(zmq_bind(collect, "inproc://back") == 0);
  REQUIRE(zmq_connect(to.push, "inproc://back") == 0);

  void* const ctx = zmq_ctx_new();
  void* const push = zmq_socket(ctx, ZMQ_PUSH);
  void* const pull = zmq_socket(ctx, ZMQ_PULL);
  REQUIRE(zmq_bind(pull, "tcp://127.0.0.1:*") == 0);
  REQUIRE(zmq_connect(push, endpoint_of(pull).c_str()) == 0);
  static char lent[200];
  std::thread reader([&] {
    for (int i = 0; i < count; ++i)
      zmq_recv(pull, nullptr, 0, 0);
  });
  std::thread collector([&] {
    for (int i = 0; i < count; ++i)
      zmq_recv(collect, nullptr, 0, 0);
  });
  for (int i = 0; i < count; ++i) {
    zmq_msg_t msg;
    REQUIRE(zmq_msg_init_data(&msg, lent, sizeof lent, teller::tell, &to) == 0);
    REQUIRE(zmq_msg_send(&msg, push, 0) == sizeof lent);
  }
  reader.join();
  collector.join();
  CHECK(to.told == count);
  CHECK(to.failed == 0);
  for (void* const each : {push, pull, collect, to.push})
    zmq_close(each);
  zmq_ctx_term(ctx);
  zmq_ctx_term(told);
}

TEST_CASE("nothing comes back within the send that takes it") {
  constexpr int count = 20'000;
  void* const ctx = zmq_ctx_new();
  void* const push = zmq_socket(ctx, ZMQ_PUSH);
  void* const pull = zmq_socket(ctx, ZMQ_PULL);
  REQUIRE(zmq_bind(pull, "tcp://127.0.0.1:*") == 0);
  REQUIRE(zmq_connect(push, endpoint_of(pull).c_str()) == 0);
  static char lent[200];
  lock_holder seen;
  std::thread reader([&] {
    for (int i = 0; i < count; ++i)
      zmq_recv(pull, nullptr, 0, 0);
  });
  for (int i = 0; i < count; ++i) {
    zmq_msg_t msg;
    REQUIRE(zmq_msg_init_data(&msg, lent, sizeof lent, lock_holder::note, &seen)
            == 0);
    lock_holder::sending = true;
    const int sent = zmq_msg_send(&msg, push, 0);
    lock_holder::sending = false;
    REQUIRE(sent == sizeof lent);
  }
  reader.join();
  zmq_close(push);
  zmq_close(pull);
  zmq_ctx_term(ctx);
  // All are back when the context has ended.
  CHECK(seen.back == count);
  CHECK(seen.within == 0);
}
