// SPDX-License-Identifier: MPL-2.0

#include "transports/task_queue.hpp"

#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

using namespace zmqrt::transports;

namespace {

class count_up final : public task {
public:
  explicit count_up(int& of) : of_(of) {
  }
  void run() noexcept override {
    ++of_;
  }

private:
  int& of_;
};

/// Answers how many there were.
int run(task_queue::portion& portion) {
  int count = 0;
  while (const auto work = portion.tasks.next()) {
    work->run();
    ++count;
  }
  return count;
}

/// How often the queue woke its reactor; the count starts again.
std::uint64_t wakes(const task_queue& queue) {
  std::uint64_t count = 0;
  return ::read(queue.wake_fd(), &count, sizeof(count)) < 0 ? 0 : count;
}

} // namespace

TEST_CASE("a poster wakes only a reactor that sleeps, and only once") {
  task_queue queue;
  task_queue::portion portion;
  int ran = 0;
  const auto work = std::make_shared<count_up>(ran);
  const auto more = std::make_shared<count_up>(ran);
  queue.post(work);
  CHECK(wakes(queue) == 0); // awake
  CHECK_FALSE(queue.prepare_sleep());
  queue.take(portion);
  CHECK(run(portion) == 1);
  CHECK(queue.prepare_sleep());
  queue.post(work);
  queue.post(more);
  CHECK(wakes(queue) == 1);
  queue.take(portion);
  CHECK(run(portion) == 2);
  CHECK(ran == 3);
  CHECK(queue.prepare_sleep());
  queue.stop();
  CHECK(wakes(queue) == 1);
  queue.take(portion);
  CHECK(portion.stop);
  CHECK(portion.tasks.empty());
}

TEST_CASE("nobody wakes a reactor that has slept") {
  task_queue queue;
  task_queue::portion portion;
  int ran = 0;
  queue.take(portion);
  CHECK(queue.prepare_sleep());
  queue.end_sleep();
  queue.post(std::make_shared<count_up>(ran));
  CHECK(wakes(queue) == 0);
  CHECK_FALSE(queue.prepare_sleep());
  queue.take(portion);
  CHECK(run(portion) == 1);
}

TEST_CASE("a stop keeps the reactor from sleeping, once") {
  task_queue queue;
  task_queue::portion portion;
  queue.stop();
  CHECK_FALSE(queue.prepare_sleep());
  queue.take(portion);
  CHECK(portion.stop);
  CHECK(queue.prepare_sleep());
}

TEST_CASE("a closed queue keeps nothing") {
  task_queue queue;
  int ran = 0;
  const auto work = std::make_shared<count_up>(ran);
  queue.post(work);
  queue.close();
  queue.post(work);
  CHECK(work.use_count() == 1);
}

TEST_CASE("a task that waits for its run is not posted twice") {
  task_queue queue;
  task_queue::portion portion;
  int ran = 0;
  const auto work = std::make_shared<count_up>(ran);
  queue.post(work);
  queue.post(work);
  queue.take(portion);
  queue.post(work); // taken, and still to be run
  CHECK(run(portion) == 1);
  queue.post(work);
  queue.take(portion);
  CHECK(run(portion) == 1);
  CHECK(ran == 2);
}

TEST_CASE("a post cannot fail, however many there are") {
  STATIC_REQUIRE(noexcept(std::declval<task_queue&>().post({})));
  constexpr std::size_t many = 100'000;
  task_queue queue;
  task_queue::portion portion;
  int ran = 0;
  std::vector<std::shared_ptr<count_up>> works;
  for (std::size_t i = 0; i < many; ++i)
    works.push_back(std::make_shared<count_up>(ran));
  for (const auto& work : works)
    queue.post(work);
  queue.take(portion);
  CHECK(run(portion) == static_cast<int>(many));
  for (const auto& work : works)
    queue.post(work);
  works.clear();
  queue.close(); // ends a long list without recursion
}

TEST_CASE("no post is slept through") {
  constexpr int threads = 3;
  constexpr int each = 3000;
  task_queue queue;
  int ran = 0;
  std::vector<std::thread> posters;
  for (int i = 0; i < threads; ++i)
    posters.emplace_back([&] {
      for (int j = 0; j < each; ++j)
        queue.post(std::make_shared<count_up>(ran));
    });
  task_queue::portion portion;
  while (ran < threads * each) {
    queue.take(portion);
    run(portion);
    if (ran == threads * each || !queue.prepare_sleep())
      continue;
    pollfd wake{queue.wake_fd(), POLLIN, 0};
    REQUIRE(poll(&wake, 1, 20'000) == 1);
    wakes(queue);
  }
  for (auto& poster : posters)
    poster.join();
  CHECK(ran == threads * each);
}
