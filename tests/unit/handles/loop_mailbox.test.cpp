// SPDX-License-Identifier: MPL-2.0
//
// The mailbox of a loop: calls of many threads, each heard.

#include "actors/handles/loop_mailbox.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "actors/gate/futex.hpp"
#include "tests/support/catch.hpp"

namespace zmqrt::actors {

namespace {

struct counted final : detail::scheduled {
  void run() override {
    ++times;
  }
  int times = 0;
};

} // namespace

TEST_CASE("loop_mailbox: in the order of the calls, each once") {
  const auto box = std::make_shared<loop_mailbox>();
  counted steps[3];
  std::vector<std::shared_ptr<loop_watcher>> watchers;
  for (auto& each : steps)
    watchers.push_back(std::make_shared<loop_watcher>(box, each));
  detail::schedule ready;
  box->collect(ready);
  CHECK(ready.empty());
  for (const int i : {2, 0, 2, 1})
    watchers[i]->call();
  box->sleep(no_deadline); // there is something: it does not
  watchers[0]->leave();
  box->collect(ready);
  CHECK(ready.pop() == &steps[2]);
  CHECK(ready.pop() == &steps[1]);
  CHECK(ready.empty());
  // Called again, and queued already.
  watchers[2]->call();
  box->collect(ready);
  watchers[2]->call();
  box->collect(ready);
  CHECK(ready.pop() == &steps[2]);
  CHECK(ready.empty());
}

TEST_CASE("loop_mailbox: a sleep ends by its deadline") {
  loop_mailbox box;
  const auto deadline = monotonic_ns() + 1'000'000;
  while (monotonic_ns() < deadline)
    box.sleep(deadline);
}

TEST_CASE("loop_mailbox: no call of any thread is missed") {
  const auto box = std::make_shared<loop_mailbox>();
  constexpr int rounds = 3000;
  counted steps[2];
  std::atomic<int> turns[2]{};
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i)
    callers.emplace_back([&, i] {
      const auto mine = std::make_shared<loop_watcher>(box, steps[i]);
      for (int round = 1; round <= rounds; ++round) {
        mine->call();
        while (turns[i].load() < round)
          std::this_thread::yield();
      }
    });
  detail::schedule ready;
  while (std::min(steps[0].times, steps[1].times) < rounds) {
    box->collect(ready);
    while (auto* const next = ready.pop()) {
      next->run();
      ++turns[next == &steps[0] ? 0 : 1];
    }
    if (std::min(steps[0].times, steps[1].times) < rounds)
      box->sleep(no_deadline);
  }
  for (auto& each : callers)
    each.join();
  CHECK(steps[0].times == rounds);
  CHECK(steps[1].times == rounds);
}

TEST_CASE("loop_mailbox: calls while it closes, and afterwards") {
  for (int i = 0; i < 100; ++i) {
    counted step;
    auto box = std::make_shared<loop_mailbox>();
    std::atomic<bool> stop{false};
    std::thread caller(
      [&stop, who = std::make_shared<loop_watcher>(box, step)] {
        while (!stop)
          who->call();
        who->call();
      });
    detail::schedule ready;
    box->collect(ready);
    box->close();
    box.reset();
    stop = true;
    caller.join();
  }
}

} // namespace zmqrt::actors
