// SPDX-License-Identifier: MPL-2.0
//
// Sockets in coroutines: what is awaited comes, once, and what is cancelled
// loses nothing.

#include <algorithm>
#include <atomic>
#include <coroutine>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"
#include "zmqrt/coroutine.hpp"

namespace zmqrt::test {

namespace {

/// Receives `count` numbered messages, in order.
task<> expect_numbered(socket from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto got = co_await from.async_recv();
    if (got.str() != numbered(i)) // one assertion fewer per message
      REQUIRE(got.str() == numbered(i));
  }
}

task<> emit_numbered(socket to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    co_await to.async_send(message(numbered(i)));
}

/// The code that awaiting it throws; none when it does not throw.
template <class Awaitable>
task<std::error_code> code_from(Awaitable what) {
  std::error_code code;
  try {
    (void)co_await std::move(what);
  } catch (const error& thrown) {
    code = thrown.code();
  }
  co_return code;
}

/// Takes numbers until none is left.
task<> take(socket from, std::atomic<std::size_t>& left,
            std::vector<std::size_t>& into) {
  while (left.load() != 0) {
    const auto next =
      co_await with_deadline(from.async_recv(), milliseconds{5});
    if (!next)
      continue;
    into.push_back(std::stoul(next->str()));
    --left;
  }
}

task<> count_messages(socket from, std::size_t& got) {
  for (;;) {
    (void)co_await from.async_recv();
    ++got;
  }
}

/// Suspends in many places.
task<> suspend_often(socket ask, socket answer, bool& over,
                     std::shared_ptr<int>) {
  co_await yield();
  co_await when_all(ask.async_send(message("x")), sleep_for({}));
  (void)co_await when_any(answer.async_recv(), sleep_for(infinite));
  co_await answer.async_send(message("y"));
  (void)co_await with_deadline(ask.async_recv(), patience);
  over = true;
}

task<> yield_times(int times) {
  for (int i = 0; i < times; ++i)
    co_await yield();
}

task<> echo(socket with) {
  for (;;)
    co_await with.async_send(co_await with.async_recv());
}

} // namespace

TEST_CASE("coroutines: a request and its reply, one loop") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.connect(rep.bind(it.fresh()));
  coroutine_loop loop;
  loop.spawn(echo(rep));
  const auto ask = [](socket with) -> task<int> {
    int right = 0;
    for (int i = 0; i < 500; ++i) {
      const auto text = std::to_string(i);
      co_await with.async_send(message(text));
      right += (co_await with.async_recv()).str() == text ? 1 : 0;
    }
    co_return right;
  };
  CHECK(loop.run(ask(req)) == 500);
  CHECK(loop.run(ask(req)) == 500); // it goes on where it was
}

TEST_CASE("coroutines: a sender and a receiver in one loop, HWM 1") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push_to(pull, hwm{1});
  coroutine_loop loop;
  loop.spawn(emit_numbered(push, 2000));
  loop.run(expect_numbered(pull, 2000));
}

TEST_CASE("coroutines: several loops and tasks share a socket") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  constexpr std::size_t each = 2500;
  std::atomic<std::size_t> left{4 * each};
  std::vector<std::vector<std::size_t>> got(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      coroutine_loop loop;
      loop.run([&]() -> task<> {
        co_await when_all(take(pull, left, got[2 * i]),
                          take(pull, left, got[2 * i + 1]));
      }());
    });
  coroutine_loop loop;
  loop.run(emit_numbered(push, 4 * each));
  for (auto& thread : threads)
    thread.join();
  std::vector<int> times(4 * each);
  for (const auto& some : got) {
    CHECK(std::is_sorted(some.begin(), some.end()));
    for (const auto number : some)
      ++times.at(number);
  }
  CHECK(std::count(times.begin(), times.end(), 1) == 4 * each);
}

TEST_CASE("coroutines: a receive that is cancelled takes no message") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  constexpr std::size_t count = 20'000;
  std::thread sender([&] {
    send_numbered(push, count);
    push.send("end");
  });
  virtual_clock time; // a loop without work is late at once
  coroutine_loop loop{{.clock = &time}};
  std::size_t cancelled = 0;
  std::size_t wrong = 0;
  std::size_t got = 0;
  loop.run([&]() -> task<> {
    for (;;) {
      const auto next = co_await with_deadline(
        pull.async_recv(), milliseconds{static_cast<int>(cancelled % 2)});
      if (!next)
        ++cancelled;
      else if (const auto text = next->str(); text == "end")
        co_return;
      else
        wrong += text == numbered(got++) ? 0 : 1;
    }
  }());
  sender.join();
  INFO(cancelled << " were cancelled");
  CHECK(wrong == 0);
  CHECK(got == count);
}

TEST_CASE("coroutines: two receives race, and both lose nothing") {
  ON_EVERY(where, places());
  scene it{where};
  auto one = it.pull();
  auto other = it.pull();
  auto to_one = it.push_to(one);
  auto to_other = it.push_to(other);
  constexpr std::size_t count = 5000;
  std::thread sender([&] {
    for (std::size_t i = 0; i < count; ++i) {
      to_one.send(numbered(i));
      to_other.send(numbered(i));
    }
    to_one.send("end");
    to_other.send("end");
  });
  coroutine_loop loop;
  std::size_t of_one = 0;
  std::size_t of_other = 0;
  std::size_t wrong = 0;
  loop.run([&]() -> task<> {
    for (int ends = 0; ends < 2;) {
      auto got = co_await when_any(one.async_recv(), other.async_recv());
      auto& expected = got.index() == 0 ? of_one : of_other;
      const auto text =
        got.index() == 0 ? std::get<0>(got).str() : std::get<1>(got).str();
      if (text == "end")
        ++ends;
      else
        wrong += text == numbered(expected++) ? 0 : 1;
    }
  }());
  sender.join();
  CHECK(wrong == 0);
  CHECK(of_one == count);
  CHECK(of_other == count);
}

TEST_CASE("coroutines: a send that is cancelled has sent nothing") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push(hwm{1});
  push.set(option::linger, milliseconds{-1});
  push.connect(pull.bind(it.fresh()));
  std::vector<std::string> received;
  std::thread receiver([&] {
    for (auto got = pull.recv().str(); got != "end"; got = pull.recv().str())
      received.push_back(std::move(got));
  });
  virtual_clock time;
  coroutine_loop loop{{.clock = &time}};
  std::vector<std::string> sent;
  std::size_t cancelled = 0;
  loop.run([&]() -> task<> {
    for (std::size_t i = 0; i < 20'000; ++i) {
      auto text = numbered(i);
      if (co_await with_deadline(push.async_send(message(text)),
                                 milliseconds{static_cast<int>(i % 2)}))
        sent.push_back(std::move(text));
      else
        ++cancelled;
    }
    co_await push.async_send(message("end"));
  }());
  receiver.join();
  INFO(cancelled << " were cancelled");
  CHECK(received == sent);
}

TEST_CASE("coroutines: close and term wake who awaits") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  (void)pull.bind(it.fresh());
  auto push = it.push(); // to nobody
  const auto both = [&]() -> task<> {
    const auto [received, sent] = co_await when_all(
      code_from(pull.async_recv()), code_from(push.async_send(message("x"))));
    CHECK(sent == received);
    CHECK((received == errc::not_a_socket || received == errc::terminated));
  };
  SECTION("closed by another task") {
    coroutine_loop loop;
    loop.run([&]() -> task<> {
      co_await when_all(both(), [&]() -> task<> {
        co_await yield();
        pull.close();
        push.close();
      }());
    }());
  }
  SECTION("terminated by another thread") {
    std::thread other;
    coroutine_loop loop;
    loop.run([&]() -> task<> {
      co_await when_all(both(), [&]() -> task<> {
        other = std::thread([&] { it.ctx.term(); });
        co_return;
      }());
    }());
    other.join();
  }
  SECTION("before it is awaited") {
    auto late = pull.async_recv();
    pull.close();
    coroutine_loop loop;
    const auto code = loop.run(code_from(std::move(late)));
    CHECK(code == errc::not_a_socket);
  }
}

TEST_CASE("coroutines: what verbs throw") {
  ON_EVERY(where, places());
  scene it{where};
  auto push = it.push();
  push.set(option::sndtimeo, milliseconds{0}); // does not count
  coroutine_loop loop;
  CHECK(loop.run(code_from(push.async_recv())) == errc::not_supported);
  CHECK(loop.run(code_from(push.async_send(message{})))
        == errc::invalid_argument);
  auto req = it.open(socket_type::req);
  CHECK(loop.run(code_from(req.async_recv())) == errc::fsm);
  CHECK(code_of([] { (void)socket{}.async_recv(); }) == errc::not_a_socket);
  CHECK(code_of([] { (void)socket{}.async_send(message("x")); })
        == errc::not_a_socket);
  auto router = it.open(socket_type::router);
  router.set(option::router_mandatory, true);
  const message lost{"nobody", "x"};
  CHECK(loop.run(code_from(router.async_send(lost))) == errc::host_unreachable);
}

TEST_CASE("coroutines: REQ hears that its peer was lost") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.connect(rep.bind(it.fresh()));
  coroutine_loop loop;
  CHECK(loop.run([&]() -> task<std::error_code> {
    co_await req.async_send(message("x"));
    (void)co_await rep.async_recv();
    auto [code, ignored] =
      co_await when_all(code_from(req.async_recv()), [&]() -> task<> {
        co_await yield();
        rep.close();
      }());
    co_return code;
  }()) == errc::connection_reset);
}

TEST_CASE("coroutines: ROUTER_MANDATORY waits for one peer's room") {
  ON_EVERY(where, places());
  scene it{where};
  auto router = it.open(socket_type::router);
  router.set(option::router_mandatory, true);
  router.set(option::sndhwm, 1);
  auto dealer = it.open(socket_type::dealer);
  dealer.set(option::routing_id, "D");
  dealer.set(option::rcvhwm, 1);
  dealer.connect(router.bind(it.fresh()));
  dealer.send("hello");
  coroutine_loop loop;
  std::size_t sent = 0;
  const std::string large(100'000, 'x');
  loop.run([&]() -> task<> {
    (void)co_await router.async_recv();
    (void)co_await when_any(
      [&]() -> task<> {
        for (; sent < 400; ++sent) {
          message next{"D", large}; // g++ 12 takes no list behind co_await
          co_await router.async_send(std::move(next));
        }
        co_await sleep_for(infinite);
      }(),
      [&]() -> task<> {
        for (int got = 0; got < 400; ++got)
          (void)co_await dealer.async_recv();
      }());
  }());
  CHECK(sent == 400);
}

TEST_CASE("coroutines: destroyed wherever they are suspended") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.connect(rep.bind(it.fresh()));
  bool over = false;
  // Steps by one at first; how many it takes the kernel decides.
  for (int steps = 0; !over; steps += 1 + steps / 8) {
    auto live = std::make_shared<int>();
    {
      coroutine_loop loop;
      loop.spawn(suspend_often(req, rep, over, live));
      loop.run(yield_times(steps));
      REQUIRE(steps < 1'000'000);
    }
    CHECK(live.use_count() == 1);
    if (over)
      break;
    // What is half done: both begin anew.
    req = it.open(socket_type::req);
    rep = it.open(socket_type::rep);
    req.connect(rep.bind(it.fresh()));
  }
}

TEST_CASE("coroutines: a call that comes after the loop's end") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  std::thread sender([&] { send_numbered(push, 3000); });
  std::size_t got = 0;
  while (got < 3000) {
    coroutine_loop loop;
    loop.spawn(count_messages(pull, got));
    loop.run(yield_times(1));
  }
  sender.join();
  CHECK(got == 3000);
}

TEST_CASE("coroutines: a socket that is always ready lets others go on") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{0});
  auto push = it.push_to(pull, hwm{0});
  constexpr std::size_t count = 6400;
  send_numbered(push, count);
  if (it.is_wire())
    eventually_is([&] { return pull.statistics().to_receive; }, count);
  std::size_t got = 0;
  std::size_t turns = 0;
  coroutine_loop loop;
  loop.spawn(count_messages(pull, got));
  loop.run([&]() -> task<> {
    while (got < count) {
      ++turns;
      co_await yield();
    }
  }());
  CHECK(turns >= count / 70);
}

TEST_CASE("coroutines: not on the runtime's threads, not outside a loop") {
  scene it{over_tcp().front()};
  auto pull = it.pull();
  struct eager {
    struct promise_type {
      eager get_return_object() {
        return {};
      }
      std::suspend_never initial_suspend() noexcept {
        return {};
      }
      std::suspend_never final_suspend() noexcept {
        return {};
      }
      void return_void() {
      }
      void unhandled_exception() {
        throw;
      }
    };
  };
  const auto await_it = [](socket from, std::string& into) -> eager {
    into = (co_await from.async_recv()).str();
  };
  std::string got;
  CHECK(code_of([&] { await_it(pull, got); }) == errc::invalid_argument);
  // In a loop any coroutine will do.
  auto push = it.push_to(pull);
  coroutine_loop loop;
  loop.run([&]() -> task<> {
    await_it(pull, got);
    CHECK(got.empty());
    co_await push.async_send(message("x"));
    while (got.empty())
      co_await yield();
  }());
  CHECK(got == "x");
}

} // namespace zmqrt::test
