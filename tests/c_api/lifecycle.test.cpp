// SPDX-License-Identifier: MPL-2.0
//
// The end of sockets and contexts: zmq_ctx_term(3) waits for every
// zmq_close(3) and for what lingers, and frees whoever is blocked.

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <optional>

#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// zmq_ctx_term() on a thread of its own.
class terminating {
public:
  explicit terminating(context& which)
    : over_(std::async(std::launch::async, [handle = which.release()] {
        int why = 0;
        while ((why = errno_of(zmq_ctx_term(handle))) == EINTR) {
        }
        return why;
      })) {
  }

  [[nodiscard]] bool is_over() const {
    return over_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }
  /// Fails when it does not end in time.
  void require_end() {
    REQUIRE(over_.wait_for(std::chrono::milliseconds{patience_ms})
            == std::future_status::ready);
    CHECK(over_.get() == 0);
  }

private:
  std::future<int> over_;
};

/// What takes a while and is not about the context under test.
void pass_time() {
  scene elsewhere{"tcp"};
  auto left = elsewhere.open(ZMQ_PAIR);
  auto right = elsewhere.connected(ZMQ_PAIR, left.bind(elsewhere.fresh()));
  for (int i = 0; i < 300; ++i) {
    require_passes(left, right, "there");
    require_passes(right, left, "and back");
  }
}

/// A thread that is blocked in a call of its socket, which it closes when the
/// call has failed.
class blocked {
public:
  using call = std::function<int(socket&)>;

  blocked(socket of, call what)
    : end_(std::async(std::launch::async,
                      [this, it = std::move(of), what]() mutable {
                        entered_ = true;
                        int why = 0;
                        while ((why = errno_of(what(it))) == 0) {
                        }
                        it.close();
                        return why;
                      })) {
    eventually_is([this] { return entered_.load(); }, true);
  }

  int why() {
    return end_.get();
  }

private:
  std::atomic<bool> entered_{false};
  std::future<int> end_;
};

int receive(socket& from) {
  return zmq_recv(from.get(), nullptr, 0, 0);
}
int send(socket& to) {
  return zmq_send(to.get(), "x", 1, 0);
}

/// Threads that are blocked in calls in every way there is.
struct blocked_threads {
  blocked_threads(scene& it, int linger) {
    const auto open = [&](int type) {
      socket made{it.ctx, type};
      made.set(ZMQ_LINGER, linger);
      return made;
    };
    auto idle = open(ZMQ_PULL);
    idle.bind(it.fresh());
    add(std::move(idle), receive);
    auto timed = open(ZMQ_PULL);
    timed.bind(it.fresh());
    timed.set(ZMQ_RCVTIMEO, 2 * patience_ms);
    add(std::move(timed), receive);
    auto polled = open(ZMQ_PULL);
    polled.bind(it.fresh());
    add(std::move(polled), [](socket& which) {
      zmq_pollitem_t item{which.get(), 0, ZMQ_POLLIN, 0};
      return zmq_poll(&item, 1, -1);
    });
    auto lonely = open(ZMQ_PUSH);
    lonely.bind(it.fresh()); // nobody comes
    add(std::move(lonely), send);
    auto full = open(ZMQ_PUSH);
    full.set(ZMQ_SNDHWM, 1);
    full.connect(it.vacant()); // pending
    full.send("fills it");
    add(std::move(full), send);
    auto asked = open(ZMQ_REQ);
    asked.connect(it.vacant());
    asked.send("is anybody there?");
    add(std::move(asked), receive);
    // A peer that never reads, and a pipe that is full.
    never_reads.emplace(open(ZMQ_PULL));
    never_reads->set(ZMQ_RCVHWM, 1);
    auto stalled = open(ZMQ_PUSH);
    stalled.set(ZMQ_SNDHWM, 1);
    stalled.connect(never_reads->bind(it.fresh()));
    add(std::move(stalled), [big = std::string(1'000'000, 'b')](socket& to) {
      return zmq_send(to.get(), big.data(), big.size(), 0);
    });
  }

  void add(socket of, blocked::call what) {
    threads.emplace_back(std::move(of), std::move(what));
  }
  void require_all_freed() {
    for (auto& each : threads)
      CHECK(each.why() == ETERM);
  }

  std::deque<blocked> threads;
  std::optional<socket> never_reads;
};

} // namespace

// -- term ---------------------------------------------------------------------

TEST_CASE("lifecycle: term frees every blocked thread, and waits for closes") {
  OVER_ALL(transport);
  const int linger = GENERATE(0, 30);
  CAPTURE(linger);
  scene it{transport};
  blocked_threads inside{it, linger};
  terminating end{it.ctx};
  inside.require_all_freed();
  // One is open yet.
  pass_time();
  CHECK_FALSE(end.is_over());
  inside.never_reads->close();
  end.require_end();
}

TEST_CASE("lifecycle: calls after that are ETERM, but for close") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.connected(ZMQ_PUSH, endpoint);
  push.send("unread");
  void* const ctx = it.ctx.get();
  terminating end{it.ctx};
  eventually_is([&] { return push.refusal("x"); }, ETERM);
  CHECK(errno_of(receive(pull)) == ETERM);
  CHECK(errno_of(zmq_recv(pull.get(), nullptr, 0, ZMQ_DONTWAIT)) == ETERM);
  int value = 0;
  std::size_t size = sizeof value;
  CHECK(errno_of(zmq_getsockopt(pull.get(), ZMQ_RCVHWM, &value, &size))
        == ETERM);
  CHECK(errno_of(zmq_setsockopt(pull.get(), ZMQ_RCVHWM, &value, size))
        == ETERM);
  CHECK(errno_of(zmq_bind(pull.get(), it.fresh().c_str())) == ETERM);
  CHECK(errno_of(zmq_connect(push.get(), endpoint.c_str())) == ETERM);
  CHECK(errno_of(zmq_unbind(pull.get(), endpoint.c_str())) == ETERM);
  CHECK(zmq_socket(ctx, ZMQ_PULL) == nullptr);
  CHECK(errno == ETERM);
  CHECK_FALSE(end.is_over());
  pull.close();
  CHECK_FALSE(end.is_over());
  push.close();
  end.require_end();
}

TEST_CASE("lifecycle: shutdown frees them, too, and does not wait") {
  OVER_ALL(transport);
  scene it{transport};
  blocked_threads inside{it, 0};
  it.ctx.shutdown();
  inside.require_all_freed();
  CHECK(errno_of(receive(*inside.never_reads)) == ETERM);
  CHECK(zmq_socket(it.ctx.get(), ZMQ_PULL) == nullptr);
  CHECK(errno == ETERM);
  it.ctx.shutdown();
  inside.never_reads->close();
  it.ctx.term();
}

TEST_CASE("lifecycle: a context that was never used ends") {
  context unused;
  unused.term();
  context opened;
  { const socket none{opened, ZMQ_PULL}; }
  opened.term();
}

TEST_CASE("lifecycle: term with monitors that nobody reads") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  checked(zmq_socket_monitor(pull.get(), "inproc://watched", ZMQ_EVENT_ALL),
          "zmq_socket_monitor");
  auto unread = it.connected(ZMQ_PAIR, "inproc://watched");
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  require_passes(push, pull, "x");
  terminating end{it.ctx};
  pull.close();
  push.close();
  unread.close();
  end.require_end();
}

// -- LINGER -------------------------------------------------------------------

namespace {

/// A PUSH with more queued than the kernel takes, to a PULL that does not
/// read. Each has a context of its own.
struct stalled_pair {
  stalled_pair(const std::string& transport, int linger)
    : there(transport), here(transport), pull(there.open(ZMQ_PULL, 1)),
      push(here.open(ZMQ_PUSH, 0)) {
    pull.set(ZMQ_RCVBUF, 65'536);
    push.set(ZMQ_SNDBUF, 65'536);
    push.set(ZMQ_LINGER, linger);
    push.connect(pull.bind(there.fresh()));
    send_numbered(push, count, size);
    // Connected, and stuck.
    (void)pull.recv();
  }

  void recv_rest() {
    recv_numbered(pull, count - 1, size, 1);
  }

  static constexpr std::size_t count = 100;
  static constexpr std::size_t size = 200'000;
  scene there;
  scene here;
  socket pull;
  socket push;
};

} // namespace

TEST_CASE("lifecycle: LINGER 0 drops what is unsent, at once") {
  OVER_WIRES(transport);
  stalled_pair two{transport, 0};
  two.push.close();
  two.here.ctx.term();
  // The other side gets a part, in order, and no broken message.
  std::size_t next = 1;
  two.pull.set(ZMQ_RCVTIMEO, 100);
  msg got;
  while (zmq_msg_recv(got.get(), two.pull.get(), 0) >= 0)
    REQUIRE((got.text() == numbered(next++, stalled_pair::size)));
  CHECK(next < stalled_pair::count);
}

TEST_CASE("lifecycle: LINGER n waits at most n") {
  OVER_WIRES(transport);
  stalled_pair two{transport, 50};
  const auto begin = std::chrono::steady_clock::now();
  two.push.close();
  two.here.ctx.term();
  CHECK(std::chrono::steady_clock::now() - begin
        >= std::chrono::milliseconds{49});
}

TEST_CASE("lifecycle: LINGER n does not wait when all is sent") {
  OVER_WIRES(transport);
  stalled_pair two{transport, 10 * patience_ms};
  two.push.close();
  terminating end{two.here.ctx};
  // libzmq loses on ipc what its reader has left in the kernel.
  if (ours() || transport != "ipc")
    two.recv_rest();
  else
    while (!end.is_over())
      (void)two.pull.try_recv();
  end.require_end();
}

TEST_CASE("lifecycle: LINGER -1 waits until all is sent") {
  OVER_WIRES(transport);
  stalled_pair two{transport, -1};
  two.push.close();
  terminating end{two.here.ctx};
  pass_time();
  CHECK_FALSE(end.is_over());
  if (ours() || transport != "ipc")
    two.recv_rest();
  else
    while (!end.is_over())
      (void)two.pull.try_recv();
  end.require_end();
}

TEST_CASE("lifecycle: LINGER -1 waits for a peer that is not there yet") {
  OVER_WIRES(transport);
  scene there{transport};
  scene here{transport};
  const auto endpoint = there.vacant();
  auto push = here.open_lingering(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.connect(endpoint);
  send_numbered(push, 10);
  push.close();
  terminating end{here.ctx};
  pass_time();
  CHECK_FALSE(end.is_over());
  auto pull = there.open(ZMQ_PULL);
  pull.bind(endpoint);
  recv_numbered(pull, 10);
  end.require_end();
}

TEST_CASE("lifecycle: a pending connect with nothing to send ends at once") {
  OVER_ALL(transport);
  scene it{transport};
  auto push = it.open_lingering(ZMQ_PUSH);
  push.connect(it.vacant());
  push.close();
  it.ctx.term();
}

TEST_CASE("lifecycle: BLOCKY 0 is LINGER 0 for all") {
  context ctx;
  ctx.set(ZMQ_BLOCKY, 0);
  socket push{ctx, ZMQ_PUSH};
  CHECK(push.number(ZMQ_LINGER) == 0);
  const kept_port vacant;
  push.connect("tcp://127.0.0.1:" + std::to_string(vacant.number()));
  push.send("into the void");
  push.close();
  ctx.term();
}

TEST_CASE("lifecycle: what was read stays read when the sender has gone") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.open_lingering(ZMQ_PUSH);
  push.connect(pull.bind(it.fresh()));
  send_numbered(push, 100, 100);
  push.close();
  recv_numbered(pull, 100, 100);
}

} // namespace zmqrt::test
