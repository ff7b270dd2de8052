// SPDX-License-Identifier: MPL-2.0
//
// The process runs out of files (RLIMIT_NOFILE): an event, an error, and
// another try, never an abort. That the tries do not come in a busy loop is
// asserted in virtual time (tests/sim/timing.test.cpp).

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

TEST_CASE("shortage: no file to accept with is an event, and a retry") {
  ON_EVERY(where, wires());
  const few_files limit;
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.push_to(endpoint);
  require_passes(push, pull, "before");
  auto events = pull.monitor();
  raw_peer outside{where.transport == "ipc" ? AF_UNIX : AF_INET};
  {
    const no_more_files shortage;
    outside.connect(endpoint);
    // Not once: the listener tries again, each time in vain.
    for (int i = 0; i < 2; ++i) {
      const auto failed = expect(events, event_kind::accept_failed);
      REQUIRE(failed.value == EMFILE);
      REQUIRE(failed.local == endpoint);
    }
    // Those who are in notice nothing.
    require_passes(push, pull, "meanwhile");
  }
  REQUIRE(outside.write(greeting() + ready("PUSH")
                        + message_of("hello from outside")));
  await(events, event_kind::accepted);
  expect(events, event_kind::handshake_succeeded);
  REQUIRE(pull.recv().str() == "hello from outside");
}

TEST_CASE("shortage: no file to connect with is an event, and a retry") {
  ON_EVERY(where, wires());
  const few_files limit;
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.eager_push();
  auto events = push.monitor();
  {
    const no_more_files shortage;
    push.connect(endpoint);
    await(events, event_kind::connect_retried);
    await(events, event_kind::connect_retried);
    push.send("queued");
  }
  await(events, event_kind::handshake_succeeded);
  REQUIRE(pull.recv().str() == "queued");
}

TEST_CASE("shortage: no file to bind with is an error, and undone") {
  ON_EVERY(where, wires());
  const few_files limit;
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = it.vacant();
  {
    const no_more_files shortage;
    REQUIRE(code_of([&] { pull.bind(endpoint); }) == errc::too_many_open);
    REQUIRE(pull.get(option::last_endpoint).empty());
  }
  REQUIRE(pull.bind(endpoint) == endpoint);
  auto push = it.push_to(endpoint);
  require_passes(push, pull, "x");
}

TEST_CASE("shortage: no file for a reactor is an error of the context") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  const few_files limit;
  { // what the first context leaves open for good
    auto warm = make_context(backend);
  }
  const auto before = open_files();
  context_options options;
  options.backend = backend;
  {
    const no_more_files shortage;
    REQUIRE(code_of([&] { context none{options}; }) == errc::too_many_open);
  }
  REQUIRE(open_files() == before);
  auto ctx = make_context(backend);
  REQUIRE(ctx.socket(socket_type::pull));
}

} // namespace zmqrt::test
