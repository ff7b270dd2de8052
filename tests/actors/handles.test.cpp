// SPDX-License-Identifier: MPL-2.0
//
// The handles' edges: limits without end, several threads in one verb,
// contexts that are moved from, that end on the runtime's own thread, or that
// get no thread.

#include <atomic>
#include <cstddef>
#include <future>
#include <mutex>
#include <thread>

#include <pthread.h>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

constexpr auto longest = milliseconds::max();

/// A thread in `verb`, as a rule waiting there by the time this returns.
template <class Verb>
auto waiting(Verb verb) {
  std::promise<void> begun;
  auto result = std::async(std::launch::async, [&begun, verb] {
    begun.set_value();
    return verb();
  });
  begun.get_future().wait();
  for (int i = 0; i < 200; ++i)
    std::this_thread::yield();
  return result;
}

} // namespace

// -- limits -------------------------------------------------------------------

TEST_CASE("handles: close_for and term_for without a limit wait") {
  ON_EVERY(where, places());
  const auto limit = GENERATE(infinite, longest);
  scene it{where, infinite};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  send_numbered(push, 1'000, 1'000);
  auto reader = waiting([&pull] { recv_numbered(pull, 1'000, 1'000); });
  REQUIRE(push.close_for(limit));
  reader.get();
  pull.close_for(limit); // the answer may go unread
  REQUIRE(pull.close_for(limit));
  REQUIRE(it.ctx.term_for(limit));
  it.ctx.term_for(limit);
}

TEST_CASE("handles: recv_for and send_for without a limit wait") {
  ON_EVERY(where, wires());
  const auto limit = GENERATE(infinite, longest);
  scene it{where};
  auto pull = it.pull();
  auto events = pull.monitor();
  auto event = waiting([&events, limit] { return events.recv_for(limit); });
  auto text = waiting([&pull, limit] { return pull.recv_for(limit); });
  auto push = it.push();
  auto sent =
    waiting([&push, limit] { return push.send_for(message{"x"}, limit); });
  push.connect(pull.bind(it.fresh()));
  REQUIRE(sent.get());
  const auto got = text.get();
  REQUIRE(got);
  REQUIRE(got->str() == "x");
  const auto first = event.get();
  REQUIRE(first);
  REQUIRE(first->kind == event_kind::listening);
}

TEST_CASE("handles: a context's linger has the option's range") {
  context_options options;
  options.linger = longest;
  REQUIRE(code_of([&] { context{options}; }) == errc::invalid_argument);
}

// -- several threads in one verb ----------------------------------------------

TEST_CASE("handles: the monitor's end ends all who read it") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  auto events = pull.monitor();
  const auto read = [&events] {
    int count = 0;
    while (events.recv())
      ++count;
    return count;
  };
  auto one = waiting(read);
  auto two = waiting(read);
  pull.close();
  const auto ends = [](auto& which) {
    return which.wait_for(patience) == std::future_status::ready;
  };
  const bool both = ends(one) && ends(two);
  if (!both) // one of them waits for ever, and so would its destructor
    std::abort();
  REQUIRE(one.get() + two.get() == 1);
}

TEST_CASE("handles: every unbind is answered when the endpoint is free") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto endpoint = it.vacant();
  for (int round = 0; round < 30; ++round) {
    auto pull = it.pull();
    pull.bind(endpoint);
    std::mutex one_at_a_time;
    const auto unbind = [&] {
      const auto code = code_of([&] { pull.unbind(endpoint); });
      if (code)
        return code;
      const std::lock_guard guard{one_at_a_time};
      auto next = it.pull();
      const auto bound = code_of([&] { next.bind(endpoint); });
      next.close();
      return bound;
    };
    auto one = std::async(std::launch::async, unbind);
    auto two = std::async(std::launch::async, unbind);
    const auto first = one.get();
    const auto second = two.get();
    CAPTURE(first, second);
    REQUIRE((!first || !second));
    REQUIRE((!first || first == errc::no_such_endpoint));
    REQUIRE((!second || second == errc::no_such_endpoint));
    REQUIRE(code_of([&] { pull.unbind(endpoint); }) == errc::no_such_endpoint);
    pull.close();
  }
}

TEST_CASE("handles: a second connect of a PAIR is refused") {
  ON_EVERY(where, places());
  scene it{where};
  auto pair = it.pair();
  pair.connect(it.vacant());
  REQUIRE(code_of([&] { pair.connect(it.vacant()); })
          == errc::invalid_argument);
}

// -- contexts -----------------------------------------------------------------

TEST_CASE("handles: a context that was moved from has ended") {
  context first;
  context second{std::move(first)};
  REQUIRE(code_of([&] { (void)first.socket(socket_type::pull); })
          == errc::terminated);
  first.shutdown();
  first.term();
  REQUIRE(first.term_for(milliseconds{0}));
  REQUIRE(first.unfinished().empty());
  REQUIRE(first.backend().empty());
  auto pull = second.socket(socket_type::pull);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("handles: a context may be destroyed on the runtime's thread") {
  ON_EVERY(where, wires());
  auto it = std::make_unique<scene>(where);
  auto pull = it->pull();
  auto push = it->push_to(pull);
  auto events = push.monitor();
  std::promise<void> destroyed;
  struct last_breath {
    std::unique_ptr<scene>& whose;
    std::promise<void>& told;
  } hint{it, destroyed};
  const std::size_t size = 100'000;
  push.send(message{frame::adopt(
    new std::byte[size], size,
    [](void* data, void* argument) {
      delete[] static_cast<std::byte*>(data);
      auto& what = *static_cast<last_breath*>(argument);
      what.whose.reset();
      what.told.set_value();
    },
    &hint)});
  destroyed.get_future().wait();
  await(events, event_kind::monitor_stopped);
  REQUIRE(code_of([&] { push.send("x"); }) == errc::terminated);
}

TEST_CASE("handles: no thread to have is an error") {
  pthread_attr_t before;
  pthread_attr_t huge;
  REQUIRE(::pthread_getattr_default_np(&before) == 0);
  REQUIRE(::pthread_attr_init(&huge) == 0);
  REQUIRE(::pthread_attr_setstacksize(&huge, std::size_t{1} << 46) == 0);
  REQUIRE(::pthread_setattr_default_np(&huge) == 0);
  std::error_code code;
  std::string subject;
  try {
    context_options options;
    options.io_threads = 2;
    context{options};
  } catch (const error& thrown) {
    code = thrown.code();
    subject = thrown.subject();
  }
  ::pthread_setattr_default_np(&before);
  ::pthread_attr_destroy(&huge);
  ::pthread_attr_destroy(&before);
  REQUIRE(code == errc::no_io_thread);
  REQUIRE(subject == "io_threads");
  context works;
}

} // namespace zmqrt::test
