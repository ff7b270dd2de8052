// SPDX-License-Identifier: MPL-2.0
//
// The life of socket actors in virtual time: how long sends, requests and
// lingering take, to the millisecond, and what a kill does to the peer.

#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"
#include "zmqrt/actors.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr duration slack = 10ms;
constexpr auto endpoint = "tcp://127.0.0.1:5999";

/// Something asked of a socket actor by an actor of its own, and when the
/// answer was there.
template <class T>
class question {
public:
  template <class What>
  question(stage& on, const socket_actor& whom, What what)
    : on_(on), self_(actor_fabric::system(), true), asked_(on.now()) {
    using handle =
      decltype(self_->request(whom, caf::infinite, std::move(what)));
    const auto waiting = std::make_shared<handle>(
      self_->request(whom, caf::infinite, std::move(what)));
    const auto failed = [this](caf::error& got) { why_ = std::move(got); };
    if constexpr (std::is_same_v<T, caf::unit_t>)
      take_ = [=, this] {
        waiting->receive([this] { value_ = caf::unit; }, failed);
      };
    else
      take_ = [=, this] {
        waiting->receive([this](T& got) { value_ = std::move(got); }, failed);
      };
  }

  /// Runs the world until the answer is there; answers how long it took.
  duration wait() {
    REQUIRE(on_.world().run_until([this] { return self_->has_next_message(); },
                                  on_.now() + 2h));
    const duration took = on_.now() - asked_;
    take_();
    return took;
  }
  [[nodiscard]] bool answered() {
    return self_->has_next_message();
  }
  [[nodiscard]] std::error_code code() const {
    return code_of(why_);
  }
  [[nodiscard]] const T& value() const {
    REQUIRE(value_);
    return *value_;
  }

private:
  stage& on_;
  caf::scoped_actor self_;
  time_point asked_;
  std::function<void()> take_;
  std::optional<T> value_;
  caf::error why_;
};

using done = caf::unit_t;

void check_took(duration took, duration limit) {
  CHECK(took > limit - slack);
  CHECK(took < limit + slack);
}

} // namespace

TEST_CASE("socket actors: SNDTIMEO says how long a send waits") {
  stage on;
  const auto node = on.open(socket_type::push);
  const auto push = spawn_socket(node->handle(), {{option::sndtimeo, 700ms}});
  question<done> first{on, push, verb::send{message{"x"}}};
  on.world().run_for(300ms);
  question<std::size_t> second{on, push,
                               verb::send_batch{{message{"y"}, message{"z"}}}};
  check_took(first.wait(), 700ms);
  CHECK(first.code() == errc::again);
  check_took(second.wait(), 700ms);
  CHECK(second.code() == errc::again);
}

TEST_CASE("socket actors: closing waits as long as it lingers") {
  stage on;
  const auto node = on.open(socket_type::push);
  node->handle().set(option::sndhwm, 1);
  const auto push = spawn_socket(node->handle());
  REQUIRE(on.connect(*node, endpoint).empty()); // nobody is there
  question<done> queued{on, push, verb::send{message{"1"}}};
  (void)queued.wait();
  question<std::size_t> waiting{on, push,
                                verb::send_batch{{message{"2"}, message{"3"}}}};
  on.world().run_for(1s);
  REQUIRE_FALSE(waiting.answered());
  const auto linger = GENERATE(0ms, 2500ms);
  question<std::uint64_t> closing{on, push, verb::close{linger}};
  SECTION("for the time given") {
    check_took(closing.wait(), linger);
    CHECK(closing.value() == 3);
    (void)waiting.wait();
    CHECK(waiting.code() == errc::not_a_socket);
  }
  SECTION("unless a later one is shorter") {
    on.world().run_for(500ms);
    if (linger == 0ms)
      return;
    question<std::uint64_t> shorter{on, push, verb::close{1s}};
    check_took(shorter.wait(), 1s);
    CHECK(shorter.value() == 3);
    (void)closing.wait();
    CHECK(closing.value() == 3);
  }
}

TEST_CASE("socket actors: what waits is sent while closing lingers") {
  stage on;
  const auto node = on.open(socket_type::push);
  node->handle().set(option::sndhwm, 1);
  const auto push = spawn_socket(node->handle());
  REQUIRE(on.connect(*node, endpoint).empty());
  question<std::size_t> waiting{
    on, push, verb::send_batch{{message{"1"}, message{"2"}, message{"3"}}}};
  question<std::uint64_t> closing{on, push, verb::close{1h}};
  on.world().run_for(10s);
  REQUIRE_FALSE(closing.answered());
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, endpoint).empty());
  for (const char* each : {"1", "2", "3"}) {
    const auto got = on.await_message(*pull);
    REQUIRE(got);
    CHECK(got->str() == each);
  }
  (void)closing.wait();
  CHECK(closing.value() == 0);
  CHECK(waiting.answered());
}

TEST_CASE("socket actors: RCVTIMEO says how long a request may take") {
  stage on;
  const auto type = GENERATE(socket_type::dealer, socket_type::req);
  CAPTURE(to_string(type));
  const auto server = on.open(socket_type::router);
  REQUIRE(on.bind(*server, endpoint).empty());
  const auto node = on.open(type);
  socket_actor_options options{{option::rcvtimeo, 900ms}};
  if (type == socket_type::req) {
    options.options.push_back({option::req_relaxed, true});
    options.options.push_back({option::req_correlate, true});
  }
  const auto client = spawn_socket(node->handle(), options);
  REQUIRE(on.connect(*node, endpoint).empty());
  question<message> first{on, client, message{"first"}};
  auto late = on.await_message(*server);
  REQUIRE(late);
  question<message> second{on, client, message{"second"}};
  check_took(first.wait(), 900ms);
  CHECK(first.code() == errc::timed_out);
  // A REQ asks the next one now, the other had asked it at once.
  auto next = on.await_message(*server);
  REQUIRE(next);
  CHECK((*next)[next->size() - 1].view() == "second");
  REQUIRE(server->try_send(*late));
  if (type == socket_type::dealer) {
    (void)second.wait();
    CHECK(second.code() == errc::timed_out);
    return;
  }
  REQUIRE(server->try_send(*next));
  (void)second.wait();
  CHECK(second.value().str() == "second");
}

TEST_CASE("socket actors: a kill is felt by the peer at once") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  auto actor = spawn_socket(pull->handle());
  REQUIRE(on.bind(*pull, endpoint).empty());
  const auto push = on.open(socket_type::push);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  caf::scoped_actor self{actor_fabric::system(), true};
  self->monitor(actor);
  const auto killed = on.now();
  self->send_exit(actor, caf::exit_reason::kill);
  REQUIRE(on.await(events, event_kind::disconnected));
  CHECK(on.now() - killed < 100ms);
  REQUIRE(self->has_next_message());
  self->receive([](const caf::down_msg& down) {
    CHECK(down.reason == caf::exit_reason::kill);
  });
  // The endpoint is free.
  const auto heir = on.open(socket_type::pull);
  REQUIRE(on.bind(*heir, endpoint).empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
}

TEST_CASE("socket actors: with their context they end, and say why") {
  stage on;
  const auto node = on.open(socket_type::push);
  node->handle().set(option::linger, 1500ms);
  auto actor = spawn_socket(node->handle());
  REQUIRE(on.connect(*node, endpoint).empty());
  question<done> queued{on, actor, verb::send{message{"x"}}};
  (void)queued.wait();
  question<std::uint64_t> closing{on, actor, verb::close{1h}};
  caf::scoped_actor self{actor_fabric::system(), true};
  self->monitor(actor);
  const auto begun = on.now();
  REQUIRE(on.fabric().end(1min));
  CHECK(on.now() - begun < 10s);
  REQUIRE(self->has_next_message());
  self->receive(
    [](const caf::down_msg& down) { CHECK(!down.reason); }); // it was closed
  (void)closing.wait();
  CHECK(closing.value() == 1);
}
