// SPDX-License-Identifier: MPL-2.0
//
// inproc: a socket connects, sends, and leaves before anybody has bound the
// name. Who binds later gets the messages, within the sender's LINGER
// (zmq_inproc(7), ZMQ_LINGER in zmq_setsockopt(3)).

#include <atomic>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

std::vector<place> inproc() {
  return places_of({"inproc"});
}

/// Connects, sends numbered(first) and so on.
socket sender(scene& in, const std::string& endpoint, std::size_t count,
              std::size_t first = 0, socket_type type = socket_type::push) {
  auto made = in.open(type);
  made.connect(endpoint);
  send_numbered(made, count, 0, first);
  return made;
}

/// A buffer of the application that counts how often it was freed.
struct counted_buffer {
  [[nodiscard]] message in_a_message() {
    return message{frame::adopt(
      bytes.data(), bytes.size(),
      [](void*, void* counter) { ++*static_cast<std::atomic<int>*>(counter); },
      &freed)};
  }

  std::string bytes = std::string(100'000, 'b');
  std::atomic<int> freed{0};
};

/// Binds a PULL, and has a second sender's word as the first to come.
void require_nothing_left(scene& in, const std::string& endpoint) {
  auto pull = in.pull();
  pull.bind(endpoint);
  auto push = in.push();
  push.connect(endpoint);
  push.send("first");
  REQUIRE(pull.recv().str() == "first");
}

/// The sockets that are not over, but for `open` ones.
void await_over(scene& in, std::size_t open) {
  eventually_is([&] { return in.ctx.unfinished().size(); }, open);
}

} // namespace

TEST_CASE("late bind: gets what a closed socket sent, in order") {
  ON_EVERY(where, inproc());
  const bool by_handle = GENERATE(true, false);
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  {
    auto push = sender(it, endpoint, 100);
    push.send(message{"of two", "frames"});
    if (!by_handle)
      push.close();
  }
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 100);
  const auto last = pull.recv();
  REQUIRE(last.size() == 2);
  REQUIRE(last[1].view() == "frames");
  await_over(it, 1);
  REQUIRE_FALSE(pull.try_recv());
  // Nothing is left of the sender, not even its place.
  auto next = sender(it, endpoint, 1, 7);
  recv_numbered(pull, 1, 0, 7);
}

TEST_CASE("late bind: close_for says whether anybody came") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto push = sender(it, endpoint, 10);
  REQUIRE_FALSE(push.close_for(milliseconds{1}));
  const auto left = it.ctx.unfinished();
  REQUIRE(left.size() == 1);
  REQUIRE(left[0].socket == "PUSH");
  REQUIRE(left[0].queued_messages == 10);
  auto pull = it.pull();
  std::thread binds{[&] { pull.bind(endpoint); }};
  const bool over = push.close_for(patience);
  binds.join();
  REQUIRE(over);
  recv_numbered(pull, 10);
}

TEST_CASE("late bind: LINGER 0 drops at once, n after n") {
  ON_EVERY(where, inproc());
  const auto linger = GENERATE(milliseconds{0}, milliseconds{30});
  CAPTURE(linger.count());
  scene it{where, linger};
  const auto endpoint = it.fresh();
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(sender(it, endpoint, 10).close_for(patience));
  REQUIRE(std::chrono::steady_clock::now() - begin >= linger);
  require_nothing_left(it, endpoint);
}

TEST_CASE("late bind: within LINGER n is soon enough") {
  ON_EVERY(where, inproc());
  scene it{where, patience * 10};
  const auto endpoint = it.fresh();
  sender(it, endpoint, 10).close();
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
  await_over(it, 1);
}

TEST_CASE("late bind: term does not wait for one that cannot come") {
  ON_EVERY(where, inproc());
  const auto linger = GENERATE(milliseconds{-1}, patience * 10);
  const bool disconnects = GENERATE(false, true);
  const bool closes = GENERATE(false, true);
  CAPTURE(linger.count(), disconnects, closes);
  counted_buffer body;
  scene it{where, linger};
  const auto endpoint = it.fresh();
  auto push = sender(it, endpoint, 10);
  push.send(body.in_a_message());
  if (disconnects)
    push.disconnect(endpoint);
  if (closes)
    REQUIRE_FALSE(push.close_for(milliseconds{1}));
  REQUIRE(it.ctx.term_for(patience));
  REQUIRE(it.ctx.unfinished().empty());
  REQUIRE(body.freed == 1);
}

TEST_CASE("late bind: a context's handle may go while some wait for it") {
  ON_EVERY(where, inproc());
  const bool shuts_down = GENERATE(false, true);
  counted_buffer body;
  {
    scene it{where, infinite};
    auto push = sender(it, it.fresh(), 10);
    push.send(body.in_a_message());
    REQUIRE_FALSE(push.close_for(milliseconds{1}));
    if (shuts_down)
      it.ctx.shutdown();
  }
  REQUIRE(body.freed == 1);
}

TEST_CASE("late bind: another context's is none") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  scene other{where, infinite};
  const auto endpoint = it.fresh();
  sender(it, endpoint, 10).close();
  require_nothing_left(other, endpoint);
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
}

TEST_CASE("late bind: several senders, each whole, in the order they came") {
  ON_EVERY(where, inproc());
  const auto type = GENERATE(socket_type::push, socket_type::pair);
  CAPTURE(to_string(type));
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  for (std::size_t i = 0; i < 5; ++i)
    sender(it, endpoint, 10, i * 10, type).close();
  auto last = sender(it, endpoint, 10, 50, type);
  auto receiver = type == socket_type::pair ? it.pair() : it.pull();
  receiver.bind(endpoint);
  if (type == socket_type::pair) {
    recv_numbered(receiver, 60);
    // The one that is still there has the place.
    receiver.send("to the last");
    REQUIRE(last.recv().str() == "to the last");
  } else {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 60; ++i)
      sum += std::stoul(receiver.recv().str());
    REQUIRE(sum == 59 * 60 / 2);
  }
  await_over(it, 2);
}

TEST_CASE("late bind: a PAIR that is taken gives the place on") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto server = it.pair();
  server.bind(endpoint);
  auto first = sender(it, endpoint, 1, 0, socket_type::pair);
  auto second = sender(it, endpoint, 5, 1, socket_type::pair);
  REQUIRE_FALSE(second.close_for(milliseconds{1}));
  recv_numbered(server, 1);
  REQUIRE(first.close_for(patience));
  recv_numbered(server, 5, 0, 1);
  await_over(it, 1);
}

TEST_CASE("late bind: one sender's names wait for one bind each") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const std::string ends[] = {it.fresh(), it.fresh(), it.fresh()};
  auto push = it.push();
  for (const auto& endpoint : ends)
    push.connect(endpoint);
  send_numbered(push, 9);
  push.close();
  for (std::size_t which = 0; which < 3; ++which) {
    REQUIRE(it.ctx.unfinished().at(0).queued_messages == 9 - 3 * which);
    auto pull = it.pull();
    pull.bind(ends[which]);
    // They were dealt out in turn.
    for (std::size_t i = 0; i < 3; ++i)
      REQUIRE(pull.recv().str() == numbered(which + 3 * i));
    REQUIRE_FALSE(pull.try_recv());
    REQUIRE(pull.close_for(patience));
  }
  await_over(it, 0);
}

TEST_CASE("late bind: the marks count as with anybody who is there") {
  ON_EVERY(where, inproc());
  const int hwm = GENERATE(1, 0);
  CAPTURE(hwm);
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto push = it.push();
  push.set(option::sndhwm, hwm);
  push.connect(endpoint);
  std::size_t sent = 0;
  while (sent < 5'000 && push.try_send(message{numbered(sent)}))
    ++sent;
  REQUIRE(sent == (hwm == 1 ? 1 : 5'000));
  push.close();
  auto pull = it.pull();
  pull.set(option::rcvhwm, hwm);
  pull.bind(endpoint);
  recv_numbered(pull, sent);
  auto next = sender(it, endpoint, 1, sent);
  recv_numbered(pull, 1, 0, sent);
}

TEST_CASE("late bind: of a type that does not fit leaves the messages") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  sender(it, endpoint, 10).close();
  auto wrong = it.push();
  wrong.bind(endpoint);
  wrong.unbind(endpoint);
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
}

TEST_CASE("late bind: after an unbind the next bind counts") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto pull = it.pull();
  pull.bind(endpoint);
  pull.unbind(endpoint);
  sender(it, endpoint, 10).close();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
}

TEST_CASE("late bind: with IMMEDIATE nothing was accepted") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  auto push = it.push();
  push.set(option::immediate, true);
  push.connect(it.fresh());
  REQUIRE_FALSE(push.try_send(message{"refused"}));
  REQUIRE(push.close_for(patience));
}

TEST_CASE("late bind: disconnect lingers, too") {
  ON_EVERY(where, inproc());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto push = sender(it, endpoint, 10);
  push.disconnect(endpoint);
  REQUIRE_FALSE(push.try_send(message{"nobody is there"}));
  REQUIRE(code_of([&] { push.disconnect(endpoint); })
          == errc::no_such_endpoint);
  const bool closes = GENERATE(false, true);
  if (closes)
    REQUIRE_FALSE(push.close_for(milliseconds{1}));
  else
    push.connect(endpoint);
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
  if (closes) {
    await_over(it, 1);
    return;
  }
  send_numbered(push, 10, 0, 10);
  recv_numbered(pull, 10, 0, 10);
}

TEST_CASE("late bind: disconnect with LINGER 0 drops at once, n after n") {
  ON_EVERY(where, inproc());
  const auto linger = GENERATE(milliseconds{0}, milliseconds{30});
  CAPTURE(linger.count());
  scene it{where, linger};
  const auto endpoint = it.fresh();
  auto push = sender(it, endpoint, 10);
  push.disconnect(endpoint);
  eventually_is([&] { return it.ctx.unfinished().at(0).queued_messages; }, 0U);
  require_nothing_left(it, endpoint);
}

TEST_CASE("late bind: a shorter LINGER at close counts for disconnected ones") {
  ON_EVERY(where, inproc());
  const auto linger = GENERATE(milliseconds{0}, milliseconds{30});
  CAPTURE(linger.count());
  scene it{where, infinite};
  const auto endpoint = it.fresh();
  auto push = sender(it, endpoint, 10);
  push.disconnect(endpoint);
  push.set(option::linger, linger);
  REQUIRE(push.close_for(patience));
  require_nothing_left(it, endpoint);
}

TEST_CASE("late bind: one that races with the close gets all") {
  ON_EVERY(where, inproc());
  scene it{where, infinite, 2};
  const bool disconnects = GENERATE(false, true);
  for (int round = 0; round < 300; ++round) {
    const auto endpoint = it.fresh();
    auto push = sender(it, endpoint, 10);
    auto pull = it.pull();
    std::atomic<bool> go{false};
    std::thread binds{[&] {
      while (!go)
        std::this_thread::yield();
      pull.bind(endpoint);
    }};
    go = true;
    if (disconnects)
      push.disconnect(endpoint);
    push.close();
    binds.join();
    recv_numbered(pull, 10);
    pull.close();
  }
  await_over(it, 0);
}

TEST_CASE("late bind: one that races with term ends, too") {
  ON_EVERY(where, inproc());
  for (int round = 0; round < 50; ++round) {
    scene it{where, infinite, 2};
    const auto endpoint = it.fresh();
    auto push = sender(it, endpoint, 10);
    auto pull = it.pull();
    std::thread binds{[&] { (void)code_of([&] { pull.bind(endpoint); }); }};
    push.close();
    const bool over = it.ctx.term_for(patience);
    binds.join();
    REQUIRE(over);
  }
}

} // namespace zmqrt::test
