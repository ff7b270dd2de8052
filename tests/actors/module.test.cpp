// SPDX-License-Identifier: MPL-2.0
//
// A context that the application's actor system owns: its options, its life
// and its end; and what becomes of those who let a context of their own
// outlive its system.

#include "zmqrt/actors/module.hpp"

#include <future>
#include <sstream>
#include <thread>

#include <caf/all.hpp>

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/support/eventually.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::test {

namespace {

struct with_module : caf::actor_system_config {
  with_module() {
    module::add_options(custom_options_);
    load<module>();
  }
  explicit with_module(io_backend backend) : with_module() {
    set("zmqrt.backend", std::string{name_of(backend)});
  }
};

/// What the system's constructor says; a declared option is CAF's to refuse.
template <class Value>
std::string refused(caf::string_view key, const Value& value) {
  caf::actor_system_config config;
  config.load<module>();
  caf::put(config.content, key, value);
  try {
    caf::actor_system system{config};
  } catch (const error& thrown) {
    REQUIRE(thrown.code() == errc::invalid_argument);
    return thrown.what();
  }
  return {};
}

} // namespace

TEST_CASE("a system's own context has the options of its configuration") {
  ON_EVERY(where, over_tcp());
  with_module config{where.backend};
  config.set("zmqrt.io-threads", 2)
    .set("zmqrt.max-sockets", 7)
    .set("zmqrt.max-msgsz", 1000)
    .set("zmqrt.linger", -1)
    .set("zmqrt.ipv6", true)
    .set("zmqrt.zero-copy-recv", false)
    .set("zmqrt.thread-name-prefix", std::string{"mine"});
  caf::actor_system system{config};
  auto& ctx = context_of(system);
  const auto found = ctx.options();
  CHECK(found.io_threads == 2);
  CHECK(found.max_sockets == 7);
  CHECK(found.max_msgsz == 1000);
  CHECK(found.linger == infinite);
  CHECK(found.ipv6);
  CHECK_FALSE(found.zero_copy_recv);
  CHECK(found.thread_name_prefix == "mine");
  CHECK(ctx.backend() == name_of(where.backend));
  CHECK(&ctx == &context_of(system));
}

TEST_CASE("a system's own context takes options from lines and files") {
  with_module config;
  std::istringstream file{"[zmqrt]\nmax-sockets=5\nlinger=100\n"
                          "backend=\"epoll\"\n"};
  REQUIRE_FALSE(config.parse({"--zmqrt.io-threads=3"}, file));
  caf::actor_system system{config};
  const auto found = context_of(system).options();
  CHECK(found.io_threads == 3);
  CHECK(found.max_sockets == 5);
  CHECK(found.linger == milliseconds{100});
  CHECK(found.backend == io_backend::epoll);
}

TEST_CASE("a wrong option of a module leaves the system's constructor") {
  using Catch::Matchers::Contains;
  CHECK_THAT(refused("zmqrt.io-threads", 0), Contains("io_threads"));
  CHECK_THAT(refused("zmqrt.io-threads", std::string{"two"}),
             Contains("zmqrt.io-threads") && Contains("integer"));
  CHECK_THAT(refused("zmqrt.max-msgsz", std::int64_t{1} << 40),
             Contains("zmqrt.max-msgsz"));
  CHECK_THAT(refused("zmqrt.linger", -2), Contains("linger"));
  CHECK_THAT(refused("zmqrt.ipv6", 1), Contains("true or false"));
  CHECK_THAT(refused("zmqrt.backend", std::string{"kqueue"}),
             Contains("zmqrt.backend") && Contains("epoll"));
  CHECK_THAT(refused("zmqrt.thread-name-prefix", 1), Contains("text"));
  CHECK_THAT(refused("zmqrt.hwm", 1), Contains("zmqrt.hwm"));
  // Nothing of them is left: the next system works.
  with_module config;
  caf::actor_system system{config};
  CHECK_FALSE(context_of(system).backend().empty());
}

TEST_CASE("what the machine refuses a module comes out of context_of()") {
  const few_files scarce;
  const auto before = open_files();
  {
    with_module config;
    config.set("zmqrt.io-threads", 1000);
    caf::actor_system system{config};
    const auto why = code_of([&] { (void)context_of(system); });
    CHECK(why == errc::too_many_open);
  }
  CHECK(open_files() == before);
}

TEST_CASE("a system without the module has no context") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  CHECK(code_of([&] { (void)context_of(system); }) == errc::invalid_argument);
}

TEST_CASE("the end of a system is the end of its context") {
  ON_EVERY(where, over_tcp());
  const auto threads = other_threads().size();
  const auto files = open_files();
  {
    scene outside(where);
    auto pull = outside.pull();
    const auto endpoint = pull.bind(outside.fresh());
    constexpr std::size_t count = 2000;
    std::optional<socket> kept;
    std::future<std::error_code> waiting;
    std::thread reader;
    {
      with_module config{where.backend};
      caf::actor_system system{config};
      auto push = context_of(system).socket(socket_type::push);
      push.set(option::sndhwm, 0);
      push.connect(endpoint);
      // More than the kernel takes: the end has to wait for the reader.
      send_numbered(push, count, 10'000);
      auto idle = context_of(system).socket(socket_type::pull);
      idle.bind("tcp://127.0.0.1:*");
      kept = idle;
      waiting = std::async(std::launch::async, [idle]() mutable {
        return code_of([&] { (void)idle.recv(); });
      });
      reader = std::thread{[&] { recv_numbered(pull, count, 10'000); }};
    }
    CHECK(waiting.get() == errc::terminated);
    CHECK(code_of([&] { (void)kept->recv(); }) == errc::terminated);
    reader.join();
  }
  // What ended before may have gone a moment later than it was counted.
  eventually([] { return other_threads().size(); },
             [=](std::size_t now) { return now <= threads; });
  eventually([] { return open_files(); },
             [=](std::size_t now) { return now <= files; });
}

TEST_CASE("the end of a system lingers as its options say") {
  ON_EVERY(where, over_tcp());
  scene outside(where);
  with_module config{where.backend};
  config.set("zmqrt.linger", 0);
  caf::actor_system system{config};
  auto push = context_of(system).socket(socket_type::push);
  push.connect(outside.vacant());
  push.send("never heard");
  // Without the option the destructor would wait for ever.
}

TEST_CASE("a module's context may be ended before its system") {
  ON_EVERY(where, over_tcp());
  with_module config{where.backend};
  caf::actor_system system{config};
  auto& ctx = context_of(system);
  auto pull = ctx.socket(socket_type::pull);
  pull.bind("tcp://127.0.0.1:*");
  ctx.term();
  CHECK(code_of([&] { (void)ctx.socket(socket_type::pull); })
        == errc::terminated);
  CHECK(&ctx == &context_of(system));
}

} // namespace zmqrt::test
