// SPDX-License-Identifier: MPL-2.0
//
// Threads that wait in a gate: who wakes them, and what they are told. Run
// under TSan. Nothing here sleeps: a thread counts as waiting once its verb
// was called, and each outcome is the same if it was not asleep yet.

#include <csignal>
#include <thread>

#include <pthread.h>

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

std::error_code send_waiting(gate& into, patience wait = patience::forever()) {
  return into.send(message{"x"}, wait);
}

std::error_code recv_waiting(gate& from, patience wait = patience::forever()) {
  message next;
  return from.recv(next, wait);
}

constexpr patience soon{2'000'000};

} // namespace

TEST_CASE("a blocked receiver gets what is delivered") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  std::error_code why;
  std::thread reader([&] { why = recv_waiting(*pull); });
  batch one = batch_of({"a"});
  CHECK(pull->deliver(pipe, one));
  reader.join();
  CHECK_FALSE(why);
}

TEST_CASE("deliveries that call nobody call once enough has come in") {
  const auto pull = make_gate(socket_type::pull);
  const std::string large(100 * 1024, 'x');
  const auto one = *pull->attach({});
  const auto other = *pull->attach({});
  std::vector<std::thread> readers;
  std::atomic<int> got{0};
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] { got += recv_waiting(*pull) ? 0 : 1; });
  for (int i = 0; i < 12; ++i) {
    batch next = batch_of({large});
    CHECK(pull->deliver(i % 2 == 0 ? one : other, next, false));
  }
  for (auto& reader : readers)
    reader.join();
  CHECK(got == 2);
}

TEST_CASE("one call serves all that wait for what is there") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  std::vector<std::thread> readers;
  std::atomic<int> got{0};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] { got += recv_waiting(*pull) ? 0 : 1; });
  batch three = batch_of({"a", "b", "c"});
  CHECK(pull->deliver(pipe, three, false));
  pull->call_receiver();
  for (auto& reader : readers)
    reader.join();
  CHECK(got == 3);
}

TEST_CASE("who waits is called when the connection has gone") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  std::error_code why;
  std::thread reader([&] { why = recv_waiting(*pull); });
  batch one = batch_of({"a"});
  CHECK(pull->deliver(pipe, one, false));
  batch unaccepted;
  pull->unplug(pipe, unaccepted);
  reader.join();
  CHECK_FALSE(why);
}

TEST_CASE("a batch wakes as many receivers as it has messages") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  std::vector<std::thread> readers;
  std::atomic<int> got{0};
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] { got += recv_waiting(*pull) ? 0 : 1; });
  batch four = batch_of({"a", "b", "c", "d"});
  CHECK(pull->deliver(pipe, four));
  for (auto& reader : readers)
    reader.join();
  CHECK(got == 4);
}

TEST_CASE("a lump of credit wakes as many senders as it has room for") {
  const auto push = make_gate(socket_type::push, 6);
  const auto pipe = *push->attach({});
  CHECK(fill(*push) == 6);
  std::vector<std::thread> writers;
  std::atomic<int> done{0};
  for (int i = 0; i < 3; ++i)
    writers.emplace_back([&] { done += send_waiting(*push) ? 0 : 1; });
  push->accepted(pipe, 3, 9);
  for (auto& writer : writers)
    writer.join();
  CHECK(done == 3);
  CHECK(push->unsent() == 6);
}

TEST_CASE("a blocked sender goes on when a pipe is attached") {
  const auto push = make_gate(socket_type::push);
  std::error_code why = make_error_code(errc::again);
  std::thread writer([&] { why = send_waiting(*push); });
  REQUIRE(push->attach({}));
  writer.join();
  CHECK_FALSE(why);
}

TEST_CASE("a blocked sender goes on when SNDHWM is raised") {
  const auto push = make_gate(socket_type::push, 1);
  REQUIRE(push->attach({}));
  CHECK(fill(*push) == 1);
  std::error_code why = make_error_code(errc::again);
  std::thread writer([&] { why = send_waiting(*push); });
  push->change_options([](socket_options& in, void*) { in.sndhwm = 2; },
                       nullptr);
  writer.join();
  CHECK_FALSE(why);
}

TEST_CASE("time runs out, for senders and for receivers") {
  const auto pair = make_gate(socket_type::pair);
  CHECK(send_waiting(*pair, soon) == errc::again);
  CHECK(recv_waiting(*pair, soon) == errc::again);
  std::vector<message> all(1, message{"x"});
  std::size_t count = 1;
  CHECK(pair->send_batch(all, soon, count) == errc::again);
  CHECK(count == 0);
  std::vector<message> out;
  CHECK(pair->recv_batch(out, 10, soon) == errc::again);
}

TEST_CASE("the patience of the options") {
  socket_options options;
  options.sndtimeo = std::chrono::milliseconds{7};
  const gate push(socket_type::push, options);
  CHECK(push.send_patience().ns == 7'000'000);
  CHECK(push.receive_patience().ns == patience::forever_ns);
}

TEST_CASE("fail wakes everybody") {
  const auto pair = make_gate(socket_type::pair, 1);
  REQUIRE(pair->attach({}));
  CHECK(fill(*pair) == 1);
  std::vector<std::thread> blocked;
  std::atomic<int> told{0};
  for (int i = 0; i < 3; ++i) {
    blocked.emplace_back(
      [&] { told += send_waiting(*pair) == errc::terminated ? 1 : 0; });
    blocked.emplace_back(
      [&] { told += recv_waiting(*pair) == errc::terminated ? 1 : 0; });
  }
  pair->fail(make_error_code(errc::terminated));
  for (auto& each : blocked)
    each.join();
  CHECK(told == 6);
}

TEST_CASE("a thread that drives a reactor may not wait") {
  const auto pair = make_gate(socket_type::pair);
  REQUIRE(pair->attach({}));
  std::thread reactor([&] {
    actors::forbid_waiting_on_this_thread();
    CHECK(actors::waiting_forbidden());
    CHECK(recv_waiting(*pair) == errc::would_deadlock);
    CHECK(recv_waiting(*pair, patience::never()) == errc::again);
    CHECK_FALSE(send_waiting(*pair));
  });
  reactor.join();
  CHECK_FALSE(actors::waiting_forbidden());
}

TEST_CASE("a signal does not end a wait") {
  struct sigaction nothing {};
  nothing.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &nothing, nullptr) == 0);
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  std::error_code why = make_error_code(errc::again);
  std::thread reader([&] { why = recv_waiting(*pull); });
  for (int i = 0; i < 100; ++i) {
    ::pthread_kill(reader.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  batch one = batch_of({"a"});
  CHECK(pull->deliver(pipe, one));
  reader.join();
  CHECK_FALSE(why);
}

TEST_CASE("a receiver is not forgotten while readable() has its pipe") {
  actors::inproc_registry names;
  const auto pull = make_gate(socket_type::pull);
  const auto push = make_gate(socket_type::push);
  REQUIRE_FALSE(names.bind("n", pull));
  REQUIRE_FALSE(names.connect("n", push));
  struct {
    std::shared_ptr<gate> pull;
    std::atomic<bool> started{false};
    std::atomic<bool> got{false};
    std::thread looks;
    std::thread reads;
  } all;
  all.pull = pull;
  const auto begin = [](socket_options&, void* argument) {
    // The sender's lock is ours: whoever fetches from it stops there, the
    // other one, as a rule the receiver, finds nothing and sleeps.
    auto& them = *static_cast<decltype(all)*>(argument);
    const auto settle = [&] {
      while (!them.started.exchange(false))
        std::this_thread::yield();
      for (int i = 0; i < 200; ++i)
        std::this_thread::yield();
    };
    them.looks = std::thread([&] {
      them.started = true;
      (void)them.pull->readable();
    });
    settle();
    them.reads = std::thread([&] {
      them.started = true;
      them.got = !recv_waiting(*them.pull);
    });
    settle();
  };
  for (int round = 0; round < 50; ++round) {
    REQUIRE_FALSE(put(*push, "x"));
    push->change_options(begin, &all);
    all.looks.join();
    const auto end = std::chrono::steady_clock::now() + eventually_limit;
    while (!all.got && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    const bool got = all.got.exchange(false);
    if (!got)
      pull->fail(make_error_code(errc::terminated));
    all.reads.join();
    REQUIRE(got);
  }
  names.leave(push);
  names.leave(pull);
}
