// SPDX-License-Identifier: MPL-2.0
//
// Many threads on both sides of gates: each accepted message arrives once, and
// in the order of its sender wherever there is one pipe. Run under TSan.

#include <mutex>
#include <random>
#include <set>

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fake_session.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

std::string name_of(int sender, int number) {
  return std::to_string(sender) + ":" + std::to_string(number);
}

void send_all(gate& into, int sender, int count) {
  for (int i = 0; i < count; ++i)
    if (into.send(message{name_of(sender, i)}, patience::forever()))
      std::abort();
}

struct received {
  void add(const std::string& text) {
    const auto colon = text.find(':');
    const int sender = std::stoi(text.substr(0, colon));
    const int number = std::stoi(text.substr(colon + 1));
    const std::lock_guard guard(lock);
    twice += all.insert({sender, number}).second ? 0 : 1;
  }
  std::mutex lock;
  std::set<std::pair<int, int>> all;
  int twice = 0;
};

void receive(gate& from, int count, received& into) {
  message next;
  for (int i = 0; i < count; ++i) {
    if (from.recv(next, patience::forever()))
      std::abort();
    into.add(next.str());
  }
}

/// Reads `count` messages, and answers how many came out of their sender's
/// order.
int disorder(gate& from, int count) {
  std::vector<int> next_of;
  int wrong = 0;
  message next;
  for (int i = 0; i < count; ++i) {
    if (from.recv(next, patience::forever()))
      std::abort();
    const std::string text = next.str();
    const auto sender = static_cast<std::size_t>(std::stoi(text));
    if (sender >= next_of.size())
      next_of.resize(sender + 1);
    wrong += name_of(static_cast<int>(sender), next_of[sender]) == text ? 0 : 1;
    ++next_of[sender];
  }
  return wrong;
}

} // namespace

TEST_CASE("four senders, one pipe, one receiver: all, each in order") {
  const auto hwm = GENERATE(1, 7, 1000);
  const auto push = make_gate(socket_type::push, hwm);
  const auto pull = make_gate(socket_type::pull, 1000, hwm);
  fake_session session(push, pull);
  constexpr int each = 1'500;
  std::vector<std::thread> senders;
  for (int s = 0; s < 4; ++s)
    senders.emplace_back([&, s] { send_all(*push, s, each); });
  CHECK(disorder(*pull, 4 * each) == 0);
  for (auto& sender : senders)
    sender.join();
  CHECK(get(*pull) == "-");
}

TEST_CASE("three senders, four pipes, three receivers: all, once") {
  const auto push = make_gate(socket_type::push, 16);
  const auto pull = make_gate(socket_type::pull, 16, 16);
  std::vector<std::unique_ptr<fake_session>> sessions;
  for (int i = 0; i < 4; ++i)
    sessions.push_back(std::make_unique<fake_session>(push, pull));
  constexpr int each = 3'000;
  received all;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] { send_all(*push, i, each); });
    threads.emplace_back([&] { receive(*pull, each, all); });
  }
  for (auto& thread : threads)
    thread.join();
  CHECK(all.all.size() == 3 * each);
  CHECK(all.twice == 0);
}

TEST_CASE("inproc: four senders, one receiver: all, each in order") {
  const auto hwm = GENERATE(1, 1000);
  actors::inproc_registry names;
  const auto pull = make_gate(socket_type::pull, hwm, hwm);
  REQUIRE_FALSE(names.bind("n", pull));
  constexpr int each = 2'500;
  std::vector<std::shared_ptr<gate>> gates;
  std::vector<std::thread> senders;
  for (int s = 0; s < 4; ++s) {
    // Two threads on each of two sockets.
    if (s % 2 == 0) {
      gates.push_back(make_gate(socket_type::push, hwm));
      REQUIRE_FALSE(names.connect("n", gates.back()));
    }
    senders.emplace_back(
      [s, from = gates.back()] { send_all(*from, s, each); });
  }
  CHECK(disorder(*pull, 4 * each) == 0);
  for (auto& sender : senders)
    sender.join();
  for (const auto& each_gate : gates)
    names.leave(each_gate);
  names.leave(pull);
}

TEST_CASE("inproc: one sender, three sockets, two receivers on each") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push, 5);
  std::vector<std::shared_ptr<gate>> pulls;
  received all;
  std::vector<std::thread> readers;
  for (const auto* name : {"a", "b", "c"}) {
    pulls.push_back(make_gate(socket_type::pull, 5, 5));
    REQUIRE_FALSE(names.bind(name, pulls.back()));
    REQUIRE_FALSE(names.connect(name, push));
    for (int i = 0; i < 2; ++i)
      readers.emplace_back([&all, from = pulls.back()] {
        message next;
        while (!from->recv(next, patience::forever()))
          all.add(next.str());
      });
  }
  constexpr int count = 6'000;
  send_all(*push, 0, count);
  // Everything is with the peers once the sender is gone.
  names.leave(push);
  for (;;) {
    const std::lock_guard guard(all.lock);
    if (all.all.size() == count)
      break;
    std::this_thread::yield();
  }
  for (const auto& pull : pulls)
    pull->fail(make_error_code(errc::terminated));
  for (auto& reader : readers)
    reader.join();
  for (const auto& pull : pulls)
    names.leave(pull);
  CHECK(all.twice == 0);
}

TEST_CASE("inproc: PAIR talks both ways at once") {
  actors::inproc_registry names;
  const auto a = make_gate(socket_type::pair, 3, 3);
  const auto b = make_gate(socket_type::pair, 3, 3);
  REQUIRE_FALSE(names.bind("n", a));
  REQUIRE_FALSE(names.connect("n", b));
  constexpr int count = 3'000;
  int wrong = -1;
  std::thread sends_a([&] { send_all(*a, 0, count); });
  std::thread sends_b([&] { send_all(*b, 0, count); });
  std::thread reads_a([&] { wrong = disorder(*a, count); });
  CHECK(disorder(*b, count) == 0);
  sends_a.join();
  sends_b.join();
  reads_a.join();
  CHECK(wrong == 0);
  names.leave(a);
  names.leave(b);
}

TEST_CASE("inproc: ends that leave in the middle of traffic") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U);
  std::minstd_rand random(seed);
  actors::inproc_registry names;
  const auto pull = make_gate(socket_type::pull, 50, 50);
  REQUIRE_FALSE(names.bind("n", pull));
  const auto push = make_gate(socket_type::push, 50, 50);
  REQUIRE_FALSE(names.connect("n", push));
  const auto enough = static_cast<int>(random() % 500);
  std::atomic<int> accepted{0};
  std::atomic<int> read{0};
  std::thread writer([&] {
    while (!push->send(message{"x"}, patience::forever()))
      ++accepted;
  });
  std::thread reader([&] {
    message next;
    while (!pull->recv(next, patience::forever()))
      ++read;
  });
  while (read < enough)
    std::this_thread::yield();
  const bool sender_first = random() % 2 == 0;
  const auto& first = sender_first ? push : pull;
  first->fail(make_error_code(errc::terminated));
  (sender_first ? writer : reader).join();
  names.leave(first);
  if (sender_first)
    while (read < accepted)
      std::this_thread::yield();
  pull->fail(make_error_code(errc::terminated));
  push->fail(make_error_code(errc::terminated));
  (sender_first ? reader : writer).join();
  names.leave(pull);
  names.leave(push);
  CHECK(read <= accepted);
}

TEST_CASE("gates that fail while everybody is inside") {
  for (int round = 0; round < 30; ++round) {
    const auto push = make_gate(socket_type::push, 2);
    const auto pull = make_gate(socket_type::pull, 2, 2);
    fake_session session(push, pull);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        while (!push->send(message{"x"}, patience::forever()))
          continue;
      });
      threads.emplace_back([&] {
        message next;
        while (!pull->recv(next, patience::forever()))
          continue;
      });
    }
    push->fail(make_error_code(errc::not_a_socket));
    pull->fail(make_error_code(errc::not_a_socket));
    for (auto& thread : threads)
      thread.join();
    push->discard();
    pull->discard();
  }
}
