// SPDX-License-Identifier: MPL-2.0
//
// Sockets that threads share: every call from any thread, close and term among
// them. libzmq forbids it (zmq_socket(3)), so this is about ours alone.

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "tests/actors/proc.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// Threads that repeat a call until it fails.
class threads_inside {
public:
  using call = std::function<int()>;

  void add(call what) {
    threads_.push_back(std::async(std::launch::async, [this, what] {
      ++started_;
      int why = 0;
      while ((why = errno_of(what())) == 0) {
      }
      return why;
    }));
  }
  /// All are on their way into their calls.
  void await_start() {
    eventually_is([this] { return started_.load(); }, threads_.size());
  }
  void require_all_end_with(const std::set<int>& reasons) {
    for (auto& thread : threads_)
      CHECK(reasons.count(thread.get()) == 1);
    threads_.clear();
  }

private:
  std::atomic<std::size_t> started_{0};
  std::vector<std::future<int>> threads_;
};

/// PUSH and PULL that are connected, and threads in both.
struct busy_pair {
  explicit busy_pair(scene& it)
    : pull(it.open(ZMQ_PULL)),
      push(it.connected(ZMQ_PUSH, pull.bind(it.fresh()))) {
    for (int i = 0; i < 2; ++i) {
      threads.add([to = push.get()] { return zmq_send(to, "x", 1, 0); });
      threads.add([this, from = pull.get()] {
        const int size = zmq_recv(from, nullptr, 0, 0);
        passed += size > 0 ? 1 : 0;
        return size;
      });
      threads.add([from = pull.get()] {
        zmq_pollitem_t item{from, 0, ZMQ_POLLIN, 0};
        return zmq_poll(&item, 1, -1);
      });
      threads.add([to = push.get()] {
        const int mark = 1000;
        return zmq_setsockopt(to, ZMQ_SNDHWM, &mark, sizeof mark);
      });
    }
    eventually([this] { return passed.load(); }, [](int n) { return n > 100; });
  }

  std::atomic<int> passed{0};
  socket pull;
  socket push;
  threads_inside threads;
};

} // namespace

// -- traffic ------------------------------------------------------------------

TEST_CASE("shared: threads that send by one socket, and receive by one") {
  OVER_ALL(transport);
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 3000;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  std::vector<std::future<void>> senders;
  std::vector<std::future<std::vector<std::string>>> receivers;
  for (std::size_t t = 0; t < threads; ++t) {
    senders.push_back(std::async(std::launch::async, [&, t] {
      for (std::size_t i = 0; i < each; ++i)
        push.send(std::to_string(t) + '/' + numbered(i));
    }));
    receivers.push_back(std::async(std::launch::async, [&] {
      std::vector<std::string> got;
      for (auto next = pull.recv(); next != "over"; next = pull.recv())
        got.push_back(next);
      return got;
    }));
  }
  for (auto& sender : senders)
    sender.get();
  send_times(push, threads, "over");
  std::set<std::string> all;
  std::size_t count = 0;
  for (auto& receiver : receivers)
    for (const auto& next : receiver.get()) {
      all.insert(next);
      ++count;
    }
  CHECK(count == threads * each);
  CHECK(all.size() == count);
}

TEST_CASE("shared: threads that receive parts side by side get each once") {
  OVER_ALL(transport);
  constexpr std::size_t threads = 4;
  constexpr std::size_t messages = 2000;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  std::atomic<std::size_t> count{0};
  std::vector<std::future<std::vector<std::string>>> receivers;
  pull.set(ZMQ_RCVTIMEO, 5);
  for (std::size_t t = 0; t < threads; ++t)
    receivers.push_back(std::async(std::launch::async, [&] {
      std::vector<std::string> got;
      while (count < 3 * messages) {
        msg next;
        if (zmq_msg_recv(next.get(), pull.get(), 0) < 0)
          continue;
        ++count;
        got.push_back(next.text());
      }
      return got;
    }));
  for (std::size_t i = 0; i < messages; ++i)
    push.send_parts(
      {numbered(3 * i), numbered(3 * i + 1), numbered(3 * i + 2)});
  std::set<std::string> all;
  for (auto& receiver : receivers)
    for (const auto& next : receiver.get())
      CHECK(all.insert(next).second);
  CHECK(all.size() == 3 * messages);
}

TEST_CASE("shared: ten threads send at once on one REQ, and one wins") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.connected(ZMQ_REQ, rep.bind(it.fresh()));
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> go{false};
    std::vector<std::future<int>> threads;
    for (int i = 0; i < 10; ++i)
      threads.push_back(std::async(std::launch::async, [&] {
        while (!go)
          std::this_thread::yield();
        return req.refusal("question", 0);
      }));
    go = true;
    int won = 0;
    for (auto& thread : threads) {
      const int why = thread.get();
      CHECK((why == 0 || why == EFSM));
      won += why == 0 ? 1 : 0;
    }
    CHECK(won == 1);
    CHECK(rep.recv() == "question");
    CHECK_FALSE(rep.receives_more());
    rep.send("answer");
    CHECK(req.recv() == "answer");
  }
}

TEST_CASE("shared: twenty threads subscribe while traffic runs") {
  OVER_ALL(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_PUB);
  auto sub = it.open(ZMQ_SUB);
  sub.set(ZMQ_SUBSCRIBE, "news");
  sub.connect(pub.bind(it.fresh()));
  constexpr int topics_count = 116; // of libzmq 4.3.5
  eventually_is([&] { return pub.number(topics_count); }, 1);
  std::atomic<bool> done{false};
  auto speaker = std::async(std::launch::async, [&] {
    while (!done)
      pub.send("news");
  });
  std::vector<std::future<void>> threads;
  for (int t = 0; t < 20; ++t)
    threads.push_back(std::async(std::launch::async, [&, t] {
      const auto name = "t" + std::to_string(t) + ':';
      for (int i = 0; i < 500; ++i)
        sub.set(ZMQ_SUBSCRIBE, name + std::to_string(i));
      for (int i = 0; i < 500; i += 2)
        sub.set(ZMQ_UNSUBSCRIBE, name + std::to_string(i));
    }));
  for (auto& thread : threads)
    thread.get();
  eventually_is([&] { return pub.number(topics_count); }, 1 + 20 * 250);
  CHECK(sub.recv() == "news");
  done = true;
  speaker.get();
  sub.close();
  eventually_is([&] { return pub.number(topics_count); }, 0);
}

// -- ends ---------------------------------------------------------------------

TEST_CASE("shared: close frees who is inside with ENOTSOCK") {
  OVER_ALL(transport);
  scene it{transport};
  busy_pair two{it};
  two.push.close();
  two.pull.close();
  two.threads.require_all_end_with({ENOTSOCK});
}

TEST_CASE("shared: term frees who is inside, and waits for the closes") {
  OVER_ALL(transport);
  scene it{transport};
  busy_pair two{it};
  auto end = std::async(std::launch::async,
                        [ctx = it.ctx.release()] { return zmq_ctx_term(ctx); });
  two.threads.require_all_end_with({ETERM});
  CHECK(end.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);
  two.push.close();
  two.pull.close();
  CHECK(end.get() == 0);
}

TEST_CASE("shared: many close one socket, and one of them has") {
  OVER_ALL(transport);
  scene it{transport};
  for (int round = 0; round < 20; ++round) {
    auto pull = it.open(ZMQ_PULL);
    auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
    require_passes(push, pull, "x");
    void* const handle = pull.release();
    std::vector<std::future<int>> threads;
    for (int i = 0; i < 4; ++i)
      threads.push_back(std::async(
        std::launch::async, [&] { return errno_of(zmq_close(handle)); }));
    std::multiset<int> answers;
    for (auto& thread : threads)
      answers.insert(thread.get());
    CHECK(answers == std::multiset<int>{0, ENOTSOCK, ENOTSOCK, ENOTSOCK});
  }
}

TEST_CASE("shared: term from many threads at once, and again") {
  OVER_ALL(transport);
  scene it{transport};
  {
    auto pull = it.open(ZMQ_PULL);
    auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
    require_passes(push, pull, "x");
  }
  void* const ctx = it.ctx.release();
  std::vector<std::future<int>> threads;
  for (int i = 0; i < 4; ++i)
    threads.push_back(std::async(std::launch::async,
                                 [&] { return errno_of(zmq_ctx_term(ctx)); }));
  int ended = 0;
  for (auto& thread : threads) {
    const int why = thread.get();
    CHECK((why == 0 || why == EFAULT));
    ended += why == 0 ? 1 : 0;
  }
  CHECK(ended >= 1);
  CHECK(errno_of(zmq_ctx_term(ctx)) == EFAULT);
  CHECK(errno_of(zmq_ctx_shutdown(ctx)) == EFAULT);
}

TEST_CASE("shared: ends amid traffic leave no file and no memory") {
  OVER_ALL(transport);
  const bool by_term = GENERATE(true, false);
  CAPTURE(by_term);
  const auto round = [&] {
    scene it{transport, 2};
    busy_pair two{it};
    two.push.connect(it.vacant()); // pending for ever
    if (by_term)
      it.ctx.shutdown();
    two.push.close();
    two.pull.close();
    two.threads.require_all_end_with({ETERM, ENOTSOCK});
  };
  for (int i = 0; i < 3; ++i)
    round();
  const auto files = open_files();
  constexpr std::size_t rounds = 10;
  const auto grows = [&] {
    const auto memory = allocated_bytes();
    for (std::size_t i = 0; i < rounds; ++i)
      round();
    CHECK(open_files() == files);
    // A leaked socket, session or slab would be kilobytes a round.
    return !sanitized && allocated_bytes() > memory + rounds * 1024;
  };
  // What a pool takes for a peak comes once, a leak every time.
  CHECK_FALSE((grows() && grows() && grows()));
}

TEST_CASE("shared: many that misbehave, closed while they do") {
  OVER_ALL(transport);
  scene it{transport};
  std::deque<socket> all;
  threads_inside threads;
  std::atomic<int> calls{0};
  const auto misbehave = [&](void* of) {
    threads.add([&calls, of] {
      const int answer =
        ++calls % 3 == 0 ? zmq_recv(of, nullptr, 0, ZMQ_DONTWAIT)
                         : zmq_send(of, "x", 1,
                                    calls % 5 == 0 ? ZMQ_DONTWAIT | ZMQ_SNDMORE
                                                   : ZMQ_DONTWAIT);
      if (answer >= 0 || (errno != EAGAIN && errno != EFSM))
        return answer;
      std::this_thread::yield();
      return 0;
    });
  };
  for (int i = 0; i < 10; ++i) {
    auto& rep = all.emplace_back(it.open(ZMQ_REP));
    auto& req = all.emplace_back(it.open(ZMQ_REQ));
    req.set(ZMQ_REQ_RELAXED, i % 2);
    req.connect(rep.bind(it.fresh()));
    for (const auto* each : {&rep, &req})
      for (int n = 0; n < 2; ++n)
        misbehave(each->get());
  }
  for (auto& each : all) {
    const int before = calls;
    eventually([&] { return calls.load(); },
               [&](int now) { return now > before + 500; });
    each.close();
  }
  threads.require_all_end_with({ENOTSOCK});
}

} // namespace zmqrt::test
