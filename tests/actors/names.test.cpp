// SPDX-License-Identifier: MPL-2.0
//
// Host names through the real reactors, with a resolver of the test's own: one
// that hangs, one that changes its mind, one with several answers.

#include <future>
#include <memory>
#include <mutex>

#include "tests/actors/fixture.hpp"
#include "transports/posix/name_resolver.hpp"

namespace zmqrt::test {

namespace {

using transports::address;
using transports::resolve_query;

/// The process's resolver while it lives.
struct lookups {
  explicit lookups(transports::lookup_function with) {
    transports::replace_lookup(std::move(with));
  }
  ~lookups() {
    transports::replace_lookup({});
  }
  lookups(const lookups&) = delete;
  lookups& operator=(const lookups&) = delete;
};

/// What "server.test" is at the moment. Shared with the resolver's thread,
/// which may be about to end when the test is over.
struct directory_of_names {
  void set(std::vector<std::string> hosts) {
    const std::lock_guard guard{mutex};
    current = std::move(hosts);
  }
  result<std::vector<address>> look_up(const resolve_query& query) {
    const std::lock_guard guard{mutex};
    std::vector<address> found;
    for (const auto& host : current)
      found.push_back(*address::tcp(host, query.port));
    return found;
  }

  std::mutex mutex;
  std::vector<std::string> current;
};

std::string port_of(const std::string& endpoint) {
  return endpoint.substr(endpoint.rfind(':'));
}

} // namespace

TEST_CASE("names: a resolver that hangs delays nothing, term included") {
  ON_EVERY(where, places_of({"tcp"}));
  // Shared: the helper thread is still in it when the test is over.
  const auto release = std::make_shared<std::promise<void>>();
  const auto released = release->get_future().share();
  const auto asked = std::make_shared<std::promise<void>>();
  const lookups hanging{[=](const resolve_query&) {
    asked->set_value();
    released.wait();
    return result<std::vector<address>>{std::vector<address>{}};
  }};
  {
    scene it{where};
    auto push = it.push();
    push.set(option::sndhwm, 1);
    push.connect("tcp://tarpit.test:5000");
    asked->get_future().get();
    auto pull = it.pull();
    push.connect(pull.bind(it.fresh()));
    for (int i = 0; i < 10; ++i)
      push.send("x");
    for (int i = 0; i < 9; ++i) // one waits for the tarpit
      REQUIRE(pull.recv().str() == "x");
    push.disconnect("tcp://tarpit.test:5000");
    REQUIRE(pull.recv().str() == "x");
    push.connect("tcp://127.0.0.1:9");
    REQUIRE(push.close_for(patience));
    REQUIRE(it.ctx.term_for(patience));
  }
  release->set_value();
}

TEST_CASE("names: term does not wait for a resolver") {
  ON_EVERY(where, places_of({"tcp"}));
  const auto release = std::make_shared<std::promise<void>>();
  const auto released = release->get_future().share();
  const auto asked = std::make_shared<std::promise<void>>();
  const lookups hanging{[=](const resolve_query&) {
    asked->set_value();
    released.wait();
    return result<std::vector<address>>{std::vector<address>{}};
  }};
  const auto linger = GENERATE(milliseconds{0}, milliseconds{20});
  {
    scene it{where, linger};
    auto push = it.push();
    push.connect("tcp://tarpit.test:5000");
    push.send("for nobody");
    asked->get_future().get();
    REQUIRE(it.ctx.term_for(patience));
  }
  release->set_value();
}

TEST_CASE("names: a server whose address has changed is found again") {
  ON_EVERY(where, places_of({"tcp"}));
  const auto names = std::make_shared<directory_of_names>();
  names->set({"127.0.0.1"});
  const lookups ours{
    [names](const resolve_query& query) { return names->look_up(query); }};
  scene it{where};
  std::optional<socket> pull{it.pull()};
  const auto port = port_of(pull->bind(it.fresh()));
  auto push = it.push();
  push.set(option::reconnect_ivl, milliseconds{1});
  auto events = push.monitor();
  push.connect("tcp://server.test" + port);
  push.send("before");
  REQUIRE(pull->recv().str() == "before");
  names->set({"127.0.0.2"});
  pull->close();
  await(events, event_kind::disconnected);
  pull = it.pull();
  pull->bind("tcp://127.0.0.2" + port);
  push.send("after");
  REQUIRE(pull->recv().str() == "after");
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("names: every address is tried") {
  ON_EVERY(where, places_of({"tcp"}));
  const auto names = std::make_shared<directory_of_names>();
  names->set({"127.0.0.3", "127.0.0.4", "127.0.0.1"});
  const lookups ours{
    [names](const resolve_query& query) { return names->look_up(query); }};
  scene it{where};
  auto pull = it.pull();
  auto push = it.push();
  push.set(option::reconnect_ivl, infinite); // within one attempt
  push.connect("tcp://server.test" + port_of(pull.bind(it.fresh())));
  push.send("found");
  REQUIRE(pull.recv().str() == "found");
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

} // namespace zmqrt::test
