// SPDX-License-Identifier: MPL-2.0
//
// The loop itself: timers, posted tasks, exceptions, idleness, names.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <future>
#include <new>
#include <optional>
#include <thread>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "tests/conformance/bed.hpp"
#include "tests/support/forked.hpp"
#include "transports/posix/kernel_reactor.hpp"
#include "transports/posix/name_resolver.hpp"
#include "transports/reactor_thread.hpp"

using namespace conformance;
using namespace std::chrono_literals;

namespace {

class call final : public task {
public:
  explicit call(std::function<void()> what) : what_(std::move(what)) {
  }
  void run() noexcept override {
    what_();
  }

private:
  std::function<void()> what_;
};

auto make_call(std::function<void()> what) {
  return std::make_shared<call>(std::move(what));
}

time_point clock_now() {
  return std::chrono::steady_clock::now();
}

struct ring_bell {
  std::vector<int>* log;
  int name;
  static void fire(void* self) {
    auto* me = static_cast<ring_bell*>(self);
    me->log->push_back(me->name);
  }
};

} // namespace

TEST_CASE("timers fire by time, ties in the order of arming, none early") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::tcp}};
  std::vector<int> log;
  ring_bell bells[] = {{&log, 0}, {&log, 1}, {&log, 2}, {&log, 3}, {&log, 4}};
  timer a{&bells[0], ring_bell::fire};
  timer b{&bells[1], ring_bell::fire};
  timer c{&bells[2], ring_bell::fire};
  timer d{&bells[3], ring_bell::fire};
  timer gone{&bells[4], ring_bell::fire};
  const auto start = clock_now();
  auto& loop = in.loop();
  loop.arm(a, start + 3ms);
  loop.arm(b, start + 1ms);
  loop.arm(c, start + 1ms);
  loop.arm(d, start + 50s);
  loop.arm(gone, start + 1ms);
  loop.disarm(gone);
  loop.arm(d, start + 2ms); // moved
  struct probe {
    reactor* loop;
    time_point due;
    bool early = false;
    static void fire(void* self) {
      auto* me = static_cast<probe*>(self);
      me->early =
        me->loop->now() < me->due || std::chrono::steady_clock::now() < me->due;
      me->loop->stop();
    }
  } last{&loop, start + 4ms};
  timer e{&last, probe::fire};
  loop.arm(e, start + 4ms);
  loop.run();
  CHECK(log == std::vector<int>{1, 2, 3, 0});
  CHECK_FALSE(last.early);
  CHECK_FALSE(gone.armed());
}

TEST_CASE("what is posted from many threads runs, in each one's order") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  constexpr int threads = 4;
  constexpr int each = 5000;
  auto made = make(backend);
  auto* loop = made.get();
  std::vector<int> seen(threads, 0);
  int total = 0;
  bool ordered = true;
  bool current = true;
  std::promise<void> all;
  {
    reactor_thread driver{std::move(made), "zmqrt-test"};
    CHECK_FALSE(loop->is_current());
    std::vector<std::thread> posters;
    for (int t = 0; t < threads; ++t)
      posters.emplace_back([&, t] {
        for (int i = 0; i < each; ++i)
          loop->post(make_call([&, t, i] {
            ordered = ordered && seen[static_cast<std::size_t>(t)]++ == i;
            current = current && loop->is_current();
            if (++total == threads * each)
              all.set_value();
          }));
      });
    for (auto& poster : posters)
      poster.join();
    REQUIRE(all.get_future().wait_for(20s) == std::future_status::ready);
  }
  CHECK(ordered);
  CHECK(current);
  CHECK(total == threads * each);
}

TEST_CASE("stop lets what was posted before run first") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  auto loop = make(backend);
  int ran = 0;
  for (int i = 0; i < 10; ++i)
    loop->post(make_call([&] { ++ran; }));
  loop->stop();
  loop->run();
  CHECK(ran == 10);
  // And again, on the same thread.
  loop->post(make_call([&] {
    ++ran;
    loop->stop();
  }));
  loop->run();
  CHECK(ran == 11);
}

TEST_CASE("an exception ends only the callback that threw it") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  auto loop = make(backend);
  int told = 0;
  loop->on_exception([&](std::exception_ptr) { ++told; });
  timer thrower{nullptr, [](void*) { throw std::runtime_error("no"); }};
  timer stopper{loop.get(),
                [](void* self) { static_cast<reactor*>(self)->stop(); }};
  loop->arm(thrower, clock_now());
  loop->arm(stopper, clock_now() + 1ms);
  loop->run();
  CHECK(told == 1);
}

TEST_CASE("an idle loop makes no turns") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  for (int i = 0; i < 20; ++i) { // also where a kernel goes on by itself
    pair.far.received.clear();
    pair.near.send("x");
    in.until([&] { return pair.far.received == "x" && !pair.near.sending; });
  }
  in.settle();
  auto& loop = dynamic_cast<kernel_reactor&>(in.loop());
  timer stopper{&loop,
                [](void* self) { static_cast<kernel_reactor*>(self)->stop(); }};
  loop.arm(stopper, clock_now() + 50ms);
  const auto before = loop.turns();
  loop.run();
  // One to go to sleep, one for the timer, one for the stop.
  CHECK(loop.turns() - before <= 4);
  pair.finish();
}

namespace {

volatile std::sig_atomic_t alarms = 0;

/// A signal every millisecond to the test's thread; the library's block them.
class frequent_alarm {
public:
  frequent_alarm() {
    struct sigaction counting {};
    counting.sa_handler = [](int) { alarms = alarms + 1; };
    REQUIRE(sigaction(SIGALRM, &counting, &before_) == 0);
    const itimerval each{{0, 1000}, {0, 1000}};
    REQUIRE(setitimer(ITIMER_REAL, &each, nullptr) == 0);
  }
  frequent_alarm(const frequent_alarm&) = delete;
  ~frequent_alarm() {
    const itimerval off{};
    setitimer(ITIMER_REAL, &off, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }

private:
  struct sigaction before_ {};
};

} // namespace

TEST_CASE("a signal makes no turn") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  auto made = make(backend);
  auto& loop = dynamic_cast<kernel_reactor&>(*made);
  timer stopper{&loop,
                [](void* self) { static_cast<kernel_reactor*>(self)->stop(); }};
  const frequent_alarm ringing;
  const auto deadline = clock_now() + 20s;
  int came = 0;
  while (came < 5 && clock_now() < deadline) {
    const int alarms_before = alarms;
    const auto turns_before = loop.turns();
    loop.arm(stopper, clock_now() + 20ms);
    loop.run();
    came = alarms - alarms_before;
    CHECK(loop.turns() - turns_before <= 4);
  }
  CHECK(came >= 5);
}

namespace {

/// What container runtimes older than a system call answer to it.
bool forbid(unsigned call, std::uint16_t error) {
  sock_filter steps[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(steps), steps};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

TEST_CASE("a sandbox that forbids the finer wait gets the older one") {
  const auto error = GENERATE(ENOSYS, EPERM);
  CAPTURE(error);
  test::forked child{[&](const test::forked::reporter& out) {
    if (!forbid(SYS_epoll_pwait2, static_cast<std::uint16_t>(error))) {
      out.say("no filter");
      return;
    }
    auto loop = make_reactor(backend_choice::epoll);
    auto& reactor = dynamic_cast<kernel_reactor&>(**loop);
    timer stopper{
      &reactor, [](void* self) { static_cast<kernel_reactor*>(self)->stop(); }};
    reactor.arm(stopper, clock_now() + 50ms);
    reactor.run();
    out.say(reactor.turns() <= 4 ? "slept" : "spun");
  }};
  const auto said = child.hear();
  if (said == "no filter")
    WARN("this kernel has no filters of system calls");
  else
    CHECK(said == "slept");
}

TEST_CASE("the thread that made a loop is not interrupted by its end") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  for (int i = 0; i < 5; ++i) {
    {
      auto loop = make(backend);
      const reactor_thread runs{std::move(loop), "test"};
    }
    // Nothing to wait for: only an interruption could come.
    CHECK(poll(nullptr, 0, 20) == 0);
  }
}

TEST_CASE("random numbers differ") {
  const auto backend = GENERATE(from_range(backends()));
  auto loop = make(backend);
  auto other = make(backend);
  std::vector<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) {
    seen.push_back(loop->random());
    seen.push_back(other->random());
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::unique(seen.begin(), seen.end()) == seen.end());
}

namespace {

struct resolved {
  std::optional<result<std::vector<address>>> answer;
  std::unique_ptr<resolution> handle;
};

void ask(bed& in, resolved& into, const resolve_query& query) {
  into.handle = in.loop().resolve(query, [&](auto found) {
    into.answer.emplace(std::move(found));
    in.happened();
  });
}

/// The system's resolver comes back with the end of the test.
struct replaced_lookup {
  explicit replaced_lookup(lookup_function with) {
    replace_lookup(std::move(with));
  }
  ~replaced_lookup() {
    replace_lookup({});
  }
};

} // namespace

TEST_CASE("numeric addresses need no resolver, names come off the thread") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::tcp}};
  resolved numeric;
  ask(in, numeric, {.host = "127.0.0.1", .port = 5});
  CHECK_FALSE(numeric.answer);
  in.until([&] { return numeric.answer.has_value(); });
  REQUIRE(*numeric.answer);
  REQUIRE((*numeric.answer)->size() == 1);
  CHECK((**numeric.answer)[0].endpoint() == "tcp://127.0.0.1:5");

  resolved any;
  ask(in, any, {.host = "*", .port = 5, .ipv6 = false, .passive = true});
  in.until([&] { return any.answer.has_value(); });
  REQUIRE(*any.answer);
  CHECK((**any.answer)[0].endpoint() == "tcp://0.0.0.0:5");

  resolved six;
  ask(in, six, {.host = "::1", .port = 5});
  in.until([&] { return six.answer.has_value(); });
  CHECK(six.answer->code() == errc::invalid_argument);

  resolved name;
  ask(in, name, {.host = "localhost", .port = 6});
  in.until([&] { return name.answer.has_value(); });
  REQUIRE(*name.answer);
  CHECK((**name.answer)[0].endpoint() == "tcp://127.0.0.1:6");

  resolved interface;
  ask(in, interface, {.host = "lo", .port = 7, .ipv6 = false, .passive = true});
  in.until([&] { return interface.answer.has_value(); });
  REQUIRE(*interface.answer);
  CHECK((**interface.answer)[0].endpoint() == "tcp://127.0.0.1:7");
}

TEST_CASE("a name that does not exist is an error, all addresses an answer") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::tcp}};
  const replaced_lookup invented{
    [](const resolve_query& query) -> result<std::vector<address>> {
      if (query.host == "none")
        return errc::host_unreachable;
      return std::vector{*address::tcp("127.0.0.3", query.port),
                         *address::tcp("127.0.0.2", query.port)};
    }};
  resolved none;
  resolved two;
  ask(in, none, {.host = "none", .port = 1});
  ask(in, two, {.host = "two", .port = 1});
  in.until([&] { return none.answer && two.answer; });
  CHECK(none.answer->code() == errc::host_unreachable);
  REQUIRE(*two.answer);
  REQUIRE((*two.answer)->size() == 2);
  CHECK((**two.answer)[0].host() == "127.0.0.3");
}

TEST_CASE("a resolver that hangs delays nothing") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  auto release = std::make_shared<std::promise<void>>();
  std::shared_future<void> released = release->get_future();
  auto entered = std::make_shared<std::promise<void>>();
  const replaced_lookup hanging{
    [released, entered](const resolve_query&) -> result<std::vector<address>> {
      entered->set_value();
      released.wait();
      return errc::host_unreachable;
    }};
  bool called = false;
  {
    bed in{{backend, scheme::tcp}};
    auto dropped = in.loop().resolve({.host = "slow", .port = 1},
                                     [&](auto) { called = true; });
    entered->get_future().wait();
    resolved numeric; // others are answered meanwhile
    ask(in, numeric, {.host = "127.0.0.1", .port = 1});
    in.until([&] { return numeric.answer.has_value(); });
    dropped.reset();
  } // the reactor ends before the answer comes
  release->set_value();
  CHECK_FALSE(called);
}

TEST_CASE("lookups are bounded, and those beyond are told so") {
  auto release = std::make_shared<std::promise<void>>();
  std::shared_future<void> released = release->get_future();
  const replaced_lookup hanging{
    [released](const resolve_query&) -> result<std::vector<address>> {
      released.wait();
      return errc::host_unreachable;
    }};
  bed in{{"epoll", scheme::tcp}};
  // A test before may have left a thread or two that are just ending.
  constexpr auto all = lookup_threads + lookup_queue + 1;
  std::vector<resolved> asked(all);
  for (std::size_t i = 0; i < all; ++i)
    ask(in, asked[i], {.host = "slow" + std::to_string(i), .port = 1});
  in.until([&] { return asked.back().answer.has_value(); });
  CHECK(asked.back().answer->code() == errc::again);
  release->set_value();
  in.until([&] {
    return std::all_of(asked.begin(), asked.end(), [](const resolved& each) {
      return each.answer.has_value();
    });
  });
  CHECK(asked.front().answer->code() == errc::host_unreachable);
}

TEST_CASE("a name that hangs keeps no other name waiting") {
  auto release = std::make_shared<std::promise<void>>();
  std::shared_future<void> released = release->get_future();
  const replaced_lookup hanging{
    [released](const resolve_query& query) -> result<std::vector<address>> {
      if (query.host == "tarpit")
        released.wait();
      return errc::host_unreachable;
    }};
  bed in{{"epoll", scheme::tcp}};
  std::vector<resolved> stuck(2 * lookup_threads);
  for (auto& each : stuck)
    ask(in, each, {.host = "tarpit", .port = 1});
  resolved other;
  ask(in, other, {.host = "other", .port = 1});
  in.until([&] { return other.answer.has_value(); });
  CHECK(std::none_of(stuck.begin(), stuck.end(), [](const resolved& each) {
    return each.answer.has_value();
  }));
  release->set_value();
  in.until([&] {
    return std::all_of(stuck.begin(), stuck.end(), [](const resolved& each) {
      return each.answer.has_value();
    });
  });
}

TEST_CASE("a lookup that runs short of memory is an answer") {
  const replaced_lookup short_of_memory{
    [](const resolve_query&) -> result<std::vector<address>> {
      throw std::bad_alloc{};
    }};
  bed in{{"epoll", scheme::tcp}};
  resolved name;
  ask(in, name, {.host = "name", .port = 1});
  in.until([&] { return name.answer.has_value(); });
  CHECK(name.answer->code() == errc::no_memory);
}

TEST_CASE("a lookup that is dropped before its turn never has one") {
  struct shared {
    std::promise<void> release;
    std::promise<void> all_busy;
    std::atomic<std::size_t> busy{0};
    std::atomic<int> in_vain{0};
  };
  const auto state = std::make_shared<shared>();
  std::shared_future<void> released = state->release.get_future();
  const replaced_lookup hanging{
    [state,
     released](const resolve_query& query) -> result<std::vector<address>> {
      if (query.host == "dropped")
        ++state->in_vain;
      const bool slow = query.host.starts_with("slow");
      if (slow && ++state->busy == lookup_threads)
        state->all_busy.set_value();
      if (slow)
        released.wait();
      return errc::host_unreachable;
    }};
  bed in{{"epoll", scheme::tcp}};
  std::vector<resolved> slow(lookup_threads);
  for (std::size_t i = 0; i < slow.size(); ++i)
    ask(in, slow[i], {.host = "slow" + std::to_string(i), .port = 1});
  REQUIRE(state->all_busy.get_future().wait_for(20s)
          == std::future_status::ready);
  // Twice what the queue holds: room is made, too.
  for (std::size_t i = 0; i < 2 * lookup_queue; ++i) {
    resolved dropped;
    ask(in, dropped, {.host = "dropped", .port = 1});
  }
  resolved last;
  ask(in, last, {.host = "last", .port = 1});
  state->release.set_value();
  in.until([&] {
    return last.answer.has_value()
           && std::all_of(slow.begin(), slow.end(), [](const resolved& each) {
                return each.answer.has_value();
              });
  });
  CHECK(last.answer->code() == errc::host_unreachable);
  CHECK(state->in_vain == 0);
}
