// SPDX-License-Identifier: MPL-2.0
//
// The poller and the readiness fd: what is told, how often, and what ends a
// wait.

#include <atomic>
#include <memory>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

constexpr auto in = poll_events::in;
constexpr auto out = poll_events::out;

/// The tags that a wait tells, which lasts until there are some.
std::vector<std::uint64_t> tags(poller& from, milliseconds limit = patience) {
  std::vector<std::uint64_t> told;
  for (const auto& each : from.wait(limit))
    told.push_back(each.tag);
  return told;
}

using list = std::vector<std::uint64_t>;

/// Whether an fd becomes readable.
bool readable(int fd, milliseconds limit = patience) {
  pollfd what{fd, POLLIN, 0};
  return ::poll(&what, 1, static_cast<int>(limit.count())) == 1;
}

} // namespace

TEST_CASE("poller: what holds is told until it is dealt with") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull.bind(it.fresh()));
  poller all;
  all.add(pull, in, 7);
  CHECK(all.size() == 1);
  CHECK(tags(all, milliseconds{0}).empty());
  push.send("one");
  CHECK(tags(all) == list{7});
  CHECK(tags(all) == list{7});
  const auto told = all.wait();
  REQUIRE(told.size() == 1);
  CHECK(told[0].socket == pull);
  CHECK(told[0].events == in);
  CHECK(told[0].fd == -1);
  CHECK(pull.recv().str() == "one");
  CHECK(tags(all, milliseconds{0}).empty());
  push.send("two");
  CHECK(tags(all) == list{7});
}

TEST_CASE("poller: waits for room as well") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push(hwm{1});
  push.connect(pull.bind(it.fresh()));
  poller all;
  all.add(push, out, 1);
  CHECK(tags(all) == list{1});
  const std::string large(300'000, 'x');
  int sent = 0;
  eventually_is(
    [&] {
      while (push.try_send(large))
        ++sent;
      return all.wait(milliseconds{0}).empty();
    },
    true);
  // The kernel's buffers may still take one more, which frees our mark.
  std::thread reader([&] {
    for (int i = 0; i < sent; ++i)
      (void)pull.recv();
  });
  CHECK(tags(all) == list{1});
  reader.join();
}

TEST_CASE("poller: only those that are ready of many") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  poller all;
  std::vector<socket> idle;
  for (std::uint64_t i = 0; i < 200; ++i) {
    idle.push_back(it.pull());
    all.add(idle.back(), in, i);
  }
  all.add(pull, in, 1000);
  auto push = it.push_to(pull.bind(it.fresh()));
  push.send("x");
  CHECK(tags(all) == list{1000});
}

TEST_CASE("poller: a file descriptor beside sockets") {
  scene it{over_tcp().front()};
  auto pull = it.pull();
  auto push = it.push_to(pull.bind(it.fresh()));
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  poller all;
  all.add(pull, in, 1);
  all.add(fd, in, 2);
  REQUIRE(::eventfd_write(fd, 1) == 0);
  const auto told = all.wait();
  REQUIRE(told.size() == 1);
  CHECK(told[0].fd == fd);
  CHECK(told[0].tag == 2);
  push.send("x");
  eventually_is([&] { return all.wait().size(); }, std::size_t{2});
  all.modify(fd, poll_events::none);
  CHECK(tags(all) == list{1});
  all.modify(fd, out);
  eventually_is([&] { return all.wait().size(); }, std::size_t{2});
  all.remove(fd);
  CHECK(tags(all) == list{1});
  ::close(fd);
}

TEST_CASE("poller: a monitor is waited for like a socket") {
  scene it{over_tcp().front()};
  auto pull = it.pull();
  auto events = pull.monitor();
  poller all;
  all.add(events, 5);
  CHECK(tags(all, milliseconds{0}).empty());
  (void)pull.bind(it.fresh());
  CHECK(tags(all) == list{5});
  CHECK(events.try_recv()->kind == event_kind::listening);
  CHECK(tags(all, milliseconds{0}).empty());
  all.remove(events);
  pull.close();
  CHECK(tags(all, milliseconds{0}).empty());
}

TEST_CASE("poller: any thread may change what is waited for") {
  scene it{over_tcp().front()};
  auto pull = it.pull();
  auto push = it.push_to(pull.bind(it.fresh()));
  push.send("x");
  eventually_is([&] { return pull.get(option::events) & 1; }, 1);
  poller all;
  all.add(pull, poll_events::none, 3);
  std::thread other([&] { all.modify(pull, in); });
  CHECK(tags(all) == list{3});
  other.join();
}

TEST_CASE("poller: interrupt() ends the present wait, or the next") {
  poller all;
  all.interrupt();
  CHECK(all.wait().empty());
  std::atomic<bool> ended{false};
  std::thread waiting([&] {
    CHECK(all.wait().empty());
    ended = true;
  });
  while (!ended) {
    all.interrupt();
    std::this_thread::yield();
  }
  waiting.join();
}

TEST_CASE("poller: a socket's end is an error, and wakes who waits") {
  ON_EVERY(where, over_tcp());
  auto it = std::make_unique<scene>(where);
  auto pull = it->pull();
  auto other = it->pull();
  poller all;
  all.add(pull, in, 1);
  all.add(other, in, 2);
  std::thread closing([&] { pull.close(); });
  auto told = all.wait();
  REQUIRE(told.size() == 1);
  CHECK(told[0].tag == 1);
  CHECK(has(told[0].events, poll_events::error));
  closing.join();
  all.remove(pull);
  // Registered, it does not keep a socket open, nor its context.
  other = {};
  it.reset();
  told = all.wait();
  REQUIRE(told.size() == 1);
  CHECK(told[0].tag == 2);
  CHECK(has(told[0].events, poll_events::error));
  CHECK_FALSE(told[0].socket);
}

TEST_CASE("poller: misuse is told at once") {
  scene it{over_tcp().front()};
  auto pull = it.pull();
  poller all;
  all.add(pull, in);
  CHECK(code_of([&] { all.add(pull, in); }) == errc::invalid_argument);
  CHECK(code_of([&] { all.remove(it.pull()); }) == errc::invalid_argument);
  CHECK(code_of([&] { all.modify(it.pull(), in); }) == errc::invalid_argument);
  CHECK(code_of([&] { all.add(socket{}, in); }) == errc::not_a_socket);
  CHECK(code_of([&] { all.add(-1, in); }) == errc::invalid_argument);
  CHECK(code_of([&] { all.remove(99); }) == errc::invalid_argument);
  std::atomic<bool> ended{false};
  std::thread waiting([&] {
    // A look of ours may be inside just now.
    while (code_of([&] { (void)all.wait(); }) == errc::fsm)
      std::this_thread::yield();
    ended = true;
  });
  // Until the other thread is inside, a wait of ours just finds nothing.
  eventually_is(
    [&] { return code_of([&] { (void)all.wait(milliseconds{0}); }); },
    make_error_code(errc::fsm));
  while (!ended) {
    all.interrupt();
    std::this_thread::yield();
  }
  waiting.join();
}

TEST_CASE("poller: 300,000 messages among three sockets, none forgotten") {
  ON_EVERY(where, places());
  scene it{where, patience};
  constexpr int each = 100'000;
  std::vector<socket> pulls;
  std::vector<std::thread> senders;
  poller all;
  for (std::uint64_t i = 0; i < 3; ++i) {
    pulls.push_back(it.pull());
    auto push = it.push_to(pulls.back().bind(it.fresh()));
    all.add(pulls.back(), in, i);
    senders.emplace_back([push]() mutable {
      for (int n = 0; n < each; ++n)
        push.send("0123456789");
      push.close();
    });
  }
  std::vector<poll_result> told;
  std::vector<message> batch;
  for (int got = 0; got < 3 * each;) {
    REQUIRE(all.wait(told, patience) != 0);
    for (auto& ready : told) {
      auto some = ready.socket.try_recv_batch(256);
      got += static_cast<int>(some.size());
    }
  }
  for (auto& sender : senders)
    sender.join();
}

TEST_CASE("readiness: an fd that follows a socket") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull.bind(it.fresh()));
  readiness ready{pull, in};
  CHECK_FALSE(readable(ready.fd(), milliseconds{0}));
  for (int round = 0; round < 100; ++round) {
    push.send("x");
    push.send("y");
    REQUIRE(readable(ready.fd()));
    REQUIRE(pull.recv().str() == "x");
    REQUIRE(readable(ready.fd()));
    REQUIRE(pull.recv().str() == "y");
    // The reactor's thread may be the one that puts it right.
    eventually_is([&] { return readable(ready.fd(), milliseconds{0}); }, false);
  }
  readiness room{push, out};
  CHECK(readable(room.fd()));
  pull.close();
  CHECK(readable(ready.fd()));
}

TEST_CASE("readiness: many threads, and the fd tells the truth in the end") {
  scene it{places_of({"inproc"}).front()};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  readiness ready{pull, in};
  constexpr int each = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      auto push = it.push_to(endpoint);
      for (int n = 0; n < each; ++n)
        push.send("x");
    });
  for (int got = 0; got < 3 * each;) {
    REQUIRE(readable(ready.fd()));
    while (pull.try_recv())
      ++got;
  }
  for (auto& thread : threads)
    thread.join();
  eventually_is([&] { return readable(ready.fd(), milliseconds{0}); }, false);
}

} // namespace zmqrt::test
