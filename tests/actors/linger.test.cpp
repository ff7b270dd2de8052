// SPDX-License-Identifier: MPL-2.0
//
// LINGER (zmq_setsockopt(3)): 0 drops at once, n waits at most n, -1 until
// everything is sent; close_for() and term_for() say how it went.

#include <future>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// A PUSH with more queued than the kernel takes, to a PULL that does not
/// read.
struct stalled_pair {
  stalled_pair(scene& from, scene& to)
    : push(from.push(hwm{0})), pull(to.pull(hwm{1})) {
    pull.set(option::rcvbuf, 65'536);
    push.set(option::sndbuf, 65'536);
    push.connect(pull.bind(to.fresh()));
    send_numbered(push, count, size);
    // Connected, and stuck.
    (void)pull.recv();
  }

  void recv_rest() {
    recv_numbered(pull, count - 1, size, 1);
  }

  static constexpr std::size_t count = 100;
  static constexpr std::size_t size = 200'000;
  socket push;
  socket pull;
};

} // namespace

TEST_CASE("linger: 0 drops what is unsent, at once") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where};
  stalled_pair two{here, there};
  REQUIRE(two.push.close_for(patience));
  REQUIRE(here.ctx.term_for(patience));
  // The other side gets a part, in order, and no broken message.
  std::size_t next = 1;
  auto events = two.pull.monitor();
  two.pull.set(option::rcvtimeo, milliseconds{200});
  while (const auto got = two.pull.recv_for(milliseconds{200}))
    REQUIRE(got->str() == numbered(next++, stalled_pair::size));
  REQUIRE(next < stalled_pair::count);
}

TEST_CASE("linger: n waits at most n") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where, milliseconds{50}};
  stalled_pair two{here, there};
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE_FALSE(two.push.close_for(milliseconds{1}));
  REQUIRE(here.ctx.term_for(patience));
  REQUIRE(std::chrono::steady_clock::now() - begin >= milliseconds{50});
}

TEST_CASE("linger: n does not wait when all is sent") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where, patience * 10};
  stalled_pair two{here, there};
  auto reader = std::async(std::launch::async, [&] { two.recv_rest(); });
  REQUIRE(two.push.close_for(patience));
  reader.get();
  REQUIRE(here.ctx.term_for(patience));
}

TEST_CASE("linger: -1 waits until it is sent; term_for names what is left") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where, infinite};
  stalled_pair two{here, there};
  REQUIRE_FALSE(two.push.close_for(milliseconds{1}));
  REQUIRE_FALSE(here.ctx.term_for(milliseconds{1}));
  const auto left = here.ctx.unfinished();
  REQUIRE(left.size() == 1);
  REQUIRE(left[0].socket == "PUSH");
  REQUIRE(left[0].queued_messages > 0);
  REQUIRE(left[0].queued_messages <= stalled_pair::count);
  // It is told in steps, while a large batch is written.
  recv_numbered(two.pull, 50, stalled_pair::size, 1);
  eventually([&] { return here.ctx.unfinished().at(0).queued_messages; },
             [](auto queued) { return queued < 70; });
  recv_numbered(two.pull, 49, stalled_pair::size, 51);
  REQUIRE(here.ctx.term_for(patience));
  REQUIRE(here.ctx.unfinished().empty());
}

TEST_CASE("linger: -1 waits for a peer that is not there yet") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where, infinite};
  const auto endpoint = there.vacant();
  auto push = here.eager_push();
  push.connect(endpoint);
  send_numbered(push, 10);
  push.close();
  REQUIRE_FALSE(here.ctx.term_for(milliseconds{1}));
  REQUIRE(here.ctx.unfinished().at(0).queued_messages == 10);
  auto pull = there.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 10);
  REQUIRE(here.ctx.term_for(patience));
}

TEST_CASE("linger: a pending connect with nothing to send ends at once") {
  ON_EVERY(where, places());
  scene it{where, infinite};
  auto push = it.push_to(it.vacant());
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("linger: the option may still be changed before the end") {
  ON_EVERY(where, wires());
  scene there{where};
  scene here{where, infinite};
  stalled_pair two{here, there};
  REQUIRE(two.push.get(option::linger) == infinite);
  two.push.set(option::linger, milliseconds{0});
  REQUIRE(here.ctx.term_for(patience));
}

TEST_CASE("linger: what was read stays read when the sender has gone") {
  ON_EVERY(where, places());
  scene it{where, infinite};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  send_numbered(push, 100, 100);
  push.close();
  recv_numbered(pull, 100, 100);
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("linger: a peer that never ends does not hold up LINGER n") {
  ON_EVERY(where, wires());
  const auto linger = GENERATE(milliseconds{0}, milliseconds{30});
  CAPTURE(linger.count());
  scene there{where};
  scene here{where, linger};
  auto pull = there.pull();
  auto push = here.push_to(pull.bind(there.fresh()));
  push.send("all that there is");
  REQUIRE(pull.recv().bytes() == 17);
  REQUIRE(here.ctx.term_for(patience));
}

} // namespace zmqrt::test
