// SPDX-License-Identifier: MPL-2.0
//
// Lifecycle: endpoints that come and go, the end of sockets and contexts while
// others are at work in them.

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/actors/threads.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

// -- endpoints ----------------------------------------------------------------

TEST_CASE("lifecycle: connect before bind") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.eager_push();
  push.connect(endpoint);
  send_numbered(push, 100);
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 100);
}

TEST_CASE("lifecycle: bind again after unbind, at once") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto endpoint = pull.bind(it.fresh());
  for (std::size_t round = 0; round < 10; ++round) {
    auto push = it.push_to(endpoint);
    send_numbered(push, 10, 0, round * 10);
    recv_numbered(pull, 10, 0, round * 10);
    pull.unbind(endpoint);
    REQUIRE(pull.bind(endpoint) == endpoint);
    REQUIRE(pull.get(option::last_endpoint) == endpoint);
  }
}

TEST_CASE("lifecycle: what was accepted lives on after unbind") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.push_to(endpoint);
  require_passes(push, pull, "before");
  pull.unbind(endpoint);
  require_passes(push, pull, "after");
  REQUIRE(code_of([&] { pull.unbind(endpoint); }) == errc::no_such_endpoint);
}

TEST_CASE("lifecycle: close frees the endpoint before it returns") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  for (int round = 0; round < 20; ++round) {
    auto pull = it.pull();
    REQUIRE(pull.bind(endpoint) == endpoint);
    auto other = it.pull();
    REQUIRE(code_of([&] { other.bind(endpoint); }) == errc::address_in_use);
    pull.close();
    other.bind(endpoint);
    other.close();
  }
  if (where.transport == "ipc")
    REQUIRE_FALSE(std::filesystem::exists(endpoint.substr(6)));
}

TEST_CASE("lifecycle: a server restarted ten times is found each time") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.eager_push();
  push.connect(endpoint);
  auto events = push.monitor();
  for (std::size_t round = 0; round < 10; ++round) {
    auto pull = it.pull();
    pull.bind(endpoint);
    await(events, event_kind::handshake_succeeded);
    send_numbered(push, 10, 0, round * 10);
    recv_numbered(pull, 10, 0, round * 10);
    pull.close();
    await(events, event_kind::disconnected);
  }
}

TEST_CASE("lifecycle: several endpoints of both kinds on one socket") {
  ON_EVERY(where, places());
  scene it{where};
  auto hub = it.pull();
  std::vector<socket> pushes;
  for (int i = 0; i < 3; ++i) {
    pushes.push_back(it.push_to(hub));
    pushes.push_back(it.push());
    hub.connect(pushes.back().bind(it.fresh()));
  }
  for (auto& push : pushes)
    push.send("x");
  recv_times(hub, pushes.size(), "x");
}

TEST_CASE("lifecycle: disconnect of a pending connect stops it") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.eager_push();
  push.connect(endpoint);
  push.disconnect(endpoint);
  REQUIRE(code_of([&] { push.disconnect(endpoint); })
          == errc::no_such_endpoint);
  auto pull = it.pull();
  auto arrivals = pull.monitor();
  pull.bind(endpoint);
  // It is not there any more: nothing can be sent, nobody comes.
  REQUIRE_FALSE(push.try_send("gone"));
  push.connect(endpoint);
  require_passes(push, pull, "back");
  if (it.is_wire()) {
    expect_all(arrivals, {event_kind::listening, event_kind::accepted,
                          event_kind::handshake_succeeded});
    REQUIRE_FALSE(arrivals.try_recv());
  }
}

TEST_CASE("lifecycle: disconnect delivers what was sent before") {
  ON_EVERY(where, places());
  scene it{where, infinite};
  auto pull = it.pull(hwm{10});
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.push_to(endpoint, hwm{0});
  send_numbered(push, 2000, 500);
  push.disconnect(endpoint);
  recv_numbered(pull, 2000, 500);
}

// -- ending while others are inside -------------------------------------------

namespace {

/// Threads that are blocked in verbs of sockets, in every way there is.
struct blocked_threads {
  explicit blocked_threads(scene& it) {
    auto idle = it.ctx.socket(socket_type::pull);
    idle.bind(it.fresh());
    threads.add_once([idle]() mutable { (void)idle.recv(); });
    threads.add_once([idle]() mutable { (void)idle.recv_for(patience * 2); });
    threads.add_once([idle]() mutable { (void)idle.recv_batch(7); });
    auto lonely = it.ctx.socket(socket_type::push);
    lonely.bind(it.fresh()); // nobody comes
    threads.add_once([lonely]() mutable { lonely.send("x"); });
    auto full = it.ctx.socket(socket_type::push);
    full.set(option::sndhwm, 1);
    full.connect(it.vacant()); // pending
    full.send("fills it");
    threads.add_once([full]() mutable { full.send("x"); });
    // A peer that never reads, and a pipe that is full.
    never_reads = it.ctx.socket(socket_type::pull);
    never_reads.set(option::rcvhwm, 1);
    stalled = it.ctx.socket(socket_type::push);
    stalled.set(option::sndhwm, 1);
    stalled.connect(never_reads.bind(it.fresh()));
    threads.add_repeating(
      [to = stalled, big = std::string(1'000'000, 'b')]() mutable {
        to.send(big);
      });
    sockets = {idle, lonely, full, stalled, never_reads};
    // On their way into the verbs; those that come later must wake, too.
    eventually_is([&] { return threads.started(); }, threads.size());
  }

  std::vector<socket> sockets;
  socket never_reads;
  socket stalled;
  threads_inside threads;
};

} // namespace

TEST_CASE("lifecycle: term wakes every blocked thread with ETERM") {
  ON_EVERY(where, places());
  const auto linger = GENERATE(milliseconds{0}, milliseconds{30});
  CAPTURE(linger.count());
  scene it{where, linger};
  blocked_threads inside{it};
  REQUIRE(it.ctx.term_for(patience));
  inside.threads.require_all_end_with({errc::terminated});
}

TEST_CASE("lifecycle: shutdown wakes them, too, and never blocks") {
  ON_EVERY(where, places());
  scene it{where};
  blocked_threads inside{it};
  it.ctx.shutdown();
  inside.threads.require_all_end_with({errc::terminated});
  REQUIRE(code_of([&] { (void)it.ctx.socket(socket_type::pull); })
          == errc::terminated);
  REQUIRE(code_of([&] { (void)inside.sockets[0].try_recv(); })
          == errc::terminated);
}

TEST_CASE("lifecycle: close wakes those inside with ENOTSOCK") {
  ON_EVERY(where, places());
  scene it{where};
  blocked_threads inside{it};
  for (auto& each : inside.sockets)
    each.close();
  inside.threads.require_all_end_with({errc::not_a_socket});
}

TEST_CASE("lifecycle: term in one thread while another's are idle") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  pull.bind(it.fresh());
  // This thread has been at the context, and now does nothing: the other
  // one must not wait for it.
  auto over =
    std::async(std::launch::async, [&] { return it.ctx.term_for(patience); });
  REQUIRE(over.wait_for(patience * 2) == std::future_status::ready);
  REQUIRE(over.get());
}

TEST_CASE("lifecycle: term from many threads at once, and again") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 4; ++i)
    threads.push_back(std::async(std::launch::async, [&] { it.ctx.term(); }));
  for (auto& thread : threads)
    thread.get();
  it.ctx.term();
  REQUIRE(it.ctx.term_for(milliseconds{0}));
  it.ctx.shutdown();
  REQUIRE(it.ctx.unfinished().empty());
}

TEST_CASE("lifecycle: close and term while threads use the socket") {
  ON_EVERY(where, places());
  const auto by_term = GENERATE(true, false);
  CAPTURE(by_term);
  for (int round = 0; round < 10; ++round) {
    scene it{where, milliseconds{0}, 1 + round % 2};
    auto pull = it.pull();
    auto push = it.push_to(pull);
    std::atomic<std::size_t> passed{0};
    threads_inside threads;
    for (int i = 0; i < 2; ++i) {
      threads.add_repeating([push]() mutable { push.send(message{"a", "b"}); });
      threads.add_repeating([pull, &passed]() mutable {
        (void)pull.recv();
        ++passed;
      });
    }
    threads.add_repeating([push, &it]() mutable {
      auto other = it.ctx.socket(socket_type::push);
      push.set(option::sndhwm, 1000 + push.get(option::sndhwm) % 2);
      other.connect("tcp://127.0.0.1:9");
    });
    eventually([&] { return passed.load(); },
               [](auto count) { return count > 100; });
    if (by_term) {
      REQUIRE(it.ctx.term_for(patience));
    } else {
      push.close();
      pull.close();
      it.ctx.shutdown(); // for the last one
    }
    threads.require_all_end_with({errc::terminated, errc::not_a_socket});
  }
}

TEST_CASE("lifecycle: handles may outlive their context") {
  ON_EVERY(where, places());
  std::optional<scene> it{std::in_place, where};
  auto pull = it->pull();
  auto events = pull.monitor();
  const auto endpoint = pull.bind(it->fresh());
  auto push = it->push_to(endpoint);
  require_passes(push, pull, "last words");
  it.reset();
  auto copy = pull;
  REQUIRE(code_of([&] { (void)copy.recv(); }) == errc::terminated);
  REQUIRE(code_of([&] { push.send("x"); }) == errc::terminated);
  REQUIRE(code_of([&] { pull.bind("inproc://x"); }) == errc::terminated);
  REQUIRE(code_of([&] { push.connect(endpoint); }) == errc::terminated);
  await(events, event_kind::monitor_stopped);
  REQUIRE_FALSE(events.recv());
  push.close();
  REQUIRE(pull.close_for(milliseconds{0}));
  pull.close();
  REQUIRE(code_of([&] { (void)copy.recv(); }) == errc::not_a_socket);
}

} // namespace zmqrt::test
