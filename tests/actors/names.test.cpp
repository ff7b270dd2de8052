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

/// The process's resolver, while this lives, hangs. Its promises are shared:
/// the helper thread is still in it when the test is over.
struct tarpit {
  tarpit()
    : hanging([asked = asked,
               released = release.get_future().share()](const resolve_query&) {
        asked->set_value();
        released.wait();
        return result<std::vector<address>>{std::vector<address>{}};
      }) {
  }
  ~tarpit() {
    release.set_value();
  }
  tarpit(const tarpit&) = delete;
  tarpit& operator=(const tarpit&) = delete;

  void await_question() const {
    asked->get_future().get();
  }

  std::shared_ptr<std::promise<void>> asked =
    std::make_shared<std::promise<void>>();
  std::promise<void> release;
  lookups hanging;
};

/// The process's resolver, while this lives, is a directory.
struct named_hosts {
  explicit named_hosts(std::vector<std::string> hosts) {
    names->set(std::move(hosts));
  }

  std::shared_ptr<directory_of_names> names =
    std::make_shared<directory_of_names>();
  lookups ours{[names = names](const resolve_query& query) {
    return names->look_up(query);
  }};
};

} // namespace

TEST_CASE("names: a resolver that hangs delays nothing, term included") {
  ON_EVERY(where, over_tcp());
  const tarpit resolver;
  scene it{where};
  auto push = it.push_to("tcp://tarpit.test:5000", hwm{1});
  resolver.await_question();
  auto pull = it.pull();
  push.connect(pull.bind(it.fresh()));
  send_times(push, 10, "x");
  recv_times(pull, 9, "x"); // one waits for the tarpit
  push.disconnect("tcp://tarpit.test:5000");
  REQUIRE(pull.recv().str() == "x");
  push.connect("tcp://127.0.0.1:9");
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("names: term does not wait for a resolver") {
  ON_EVERY(where, over_tcp());
  const tarpit resolver;
  const auto linger = GENERATE(milliseconds{0}, milliseconds{20});
  scene it{where, linger};
  auto push = it.push_to("tcp://tarpit.test:5000");
  push.send("for nobody");
  resolver.await_question();
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("names: a server whose address has changed is found again") {
  ON_EVERY(where, over_tcp());
  const named_hosts resolver{{"127.0.0.1"}};
  scene it{where};
  std::optional<socket> pull{it.pull()};
  const auto port = port_of(pull->bind(it.fresh()));
  auto push = it.eager_push();
  auto events = push.monitor();
  push.connect("tcp://server.test:" + port);
  require_passes(push, *pull, "before");
  resolver.names->set({"127.0.0.2"});
  pull->close();
  await(events, event_kind::disconnected);
  pull = it.pull();
  pull->bind("tcp://127.0.0.2:" + port);
  require_passes(push, *pull, "after");
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

TEST_CASE("names: every address is tried") {
  ON_EVERY(where, over_tcp());
  const named_hosts resolver{{"127.0.0.3", "127.0.0.4", "127.0.0.1"}};
  scene it{where};
  auto pull = it.pull();
  auto push = it.push();
  push.set(option::reconnect_ivl, infinite); // within one attempt
  push.connect("tcp://server.test:" + port_of(pull.bind(it.fresh())));
  require_passes(push, pull, "found");
  REQUIRE(push.close_for(patience));
  REQUIRE(it.ctx.term_for(patience));
}

} // namespace zmqrt::test
