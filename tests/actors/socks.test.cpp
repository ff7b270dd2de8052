// SPDX-License-Identifier: MPL-2.0
//
// Connects through a SOCKS5 proxy: SOCKS_PROXY, SOCKS_USERNAME and
// SOCKS_PASSWORD of zmq_setsockopt(3).

#include <string>

#include "tests/actors/fixture.hpp"
#include "tests/actors/socks_server.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;
using manner = socks_server::manner;

socket proxied_push(scene& it, const socks_server& proxy) {
  auto push = it.eager_push();
  push.set(option::socks_proxy, proxy.address());
  return push;
}

/// A PULL, and what it is called by somebody who knows its name only.
struct named_pull {
  explicit named_pull(scene& it)
    : pull(it.pull()), port(port_of(pull.bind(it.fresh()))),
      endpoint("tcp://pull.invalid:" + port) {
  }
  socket pull;
  std::string port;
  std::string endpoint;
};

void expect_failure(monitor& events) {
  expect_all(events,
             {kind::connect_delayed, kind::closed, kind::connect_retried});
}

} // namespace

TEST_CASE("socks: the proxy gets the target as it was written") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy{
    GENERATE(manner::proper, manner::trickling, manner::together)};
  scene it{where};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  auto events = push.monitor();
  const auto asks = [&](const std::string& endpoint, int type,
                        const std::string& host) {
    push.connect(endpoint);
    await(events, kind::handshake_succeeded);
    require_passes(push, to.pull, "x");
    REQUIRE(proxy.requests().back()
            == socks_server::request{type, host, std::stoi(to.port), {}, {}});
    push.disconnect(endpoint);
    await(events, kind::disconnected);
  };
  asks(to.endpoint, 3, "pull.invalid");
  asks("tcp://127.0.0.1:" + to.port, 1, std::string("\x7f\0\0\1", 4));
  asks("tcp://[::1]:" + to.port, 4, std::string(15, '\0') + '\1');
}

TEST_CASE("socks: events are those of a connection") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy;
  scene it{where};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  auto events = push.monitor();
  push.connect(to.endpoint);
  REQUIRE(expect(events, kind::connect_delayed).remote == to.endpoint);
  REQUIRE(expect(events, kind::connected).remote == to.endpoint);
  // From here on it is the stream's other end that is told.
  REQUIRE(expect(events, kind::handshake_succeeded).remote
          == "tcp://" + proxy.address());
  REQUIRE(to.pull.close_for(patience));
  expect_all(events, {kind::disconnected, kind::connect_retried,
                      kind::connect_delayed, kind::closed});
}

TEST_CASE("socks: large messages pass both ways") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy;
  scene it{where};
  auto left = it.pair();
  auto right = it.pair();
  right.set(option::socks_proxy, proxy.address());
  right.connect("tcp://left.invalid:" + port_of(left.bind(it.fresh())));
  const std::string large(3'000'000, 'z');
  require_passes(right, left, large);
  require_passes(left, right, large);
}

TEST_CASE("socks: a login") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy{manner::proper, "secret"};
  scene it{where};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  auto events = push.monitor();
  SECTION("right") {
    push.set(option::socks_username, "joe");
    push.set(option::socks_password, "secret");
    push.connect(to.endpoint);
    require_passes(push, to.pull, "x");
    const auto asked = proxy.requests().back();
    REQUIRE(asked.user == "joe");
    REQUIRE(asked.password == "secret");
  }
  SECTION("wrong") {
    push.set(option::socks_username, "joe");
    push.set(option::socks_password, "guessed");
    push.connect(to.endpoint);
    expect_failure(events);
    expect_failure(events);
    REQUIRE(proxy.requests().empty());
  }
  SECTION("not given") {
    push.connect(to.endpoint);
    expect_failure(events);
  }
}

TEST_CASE("socks: a login is not left out where the proxy asks for none") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy;
  scene it{where};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  push.set(option::socks_username, "joe");
  auto events = push.monitor();
  push.connect(to.endpoint);
  expect_failure(events);
}

TEST_CASE("socks: a proxy that fails is a connect that fails, and is retried") {
  ON_EVERY(where, over_tcp());
  const auto how =
    GENERATE(manner::refusing, manner::rude, manner::garbage, manner::silent);
  socks_server proxy{how};
  scene it{where};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  const auto limit =
    GENERATE(option::connect_timeout.id, option::handshake_ivl.id);
  if (how == manner::silent) {
    const int ms = 30;
    push.set_raw(limit, std::as_bytes(std::span{&ms, 1}));
  }
  auto events = push.monitor();
  push.connect(to.endpoint);
  push.send("kept meanwhile");
  for (int i = 0; i < 3; ++i)
    expect_failure(events);
  proxy.behave(manner::proper);
  REQUIRE(to.pull.recv().str() == "kept meanwhile");
}

TEST_CASE("socks: RECONNECT_STOP hears of a refusal by the proxy") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy{manner::refusing};
  scene it{where};
  auto push = proxied_push(it, proxy);
  push.set(option::reconnect_stop, 1);
  auto events = push.monitor();
  push.connect("tcp://pull.invalid:9");
  expect_all(events, {kind::connect_delayed, kind::closed});
  push.close();
  expect(events, kind::monitor_stopped);
}

TEST_CASE("socks: a proxy that is not there yet") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  named_pull to{it};
  auto push = it.eager_push();
  push.set(option::socks_proxy, "127.0.0.1:" + port_of(it.vacant()));
  auto events = push.monitor();
  push.connect(to.endpoint);
  expect_failure(events);
  expect_failure(events);
}

TEST_CASE("socks: what was sent lingers through it") {
  ON_EVERY(where, over_tcp());
  socks_server proxy{manner::silent};
  scene it{where, infinite};
  named_pull to{it};
  auto push = proxied_push(it, proxy);
  push.set(option::handshake_ivl, milliseconds{50});
  auto events = push.monitor();
  push.connect(to.endpoint);
  push.send("to the end");
  await(events, kind::connect_retried);
  await(events, kind::connect_delayed);
  push.close(); // amid the conversation, or before it
  proxy.behave(manner::proper);
  REQUIRE(to.pull.recv().str() == "to the end");
}

TEST_CASE("socks: close and disconnect do not wait for the proxy") {
  ON_EVERY(where, over_tcp());
  const socks_server proxy{manner::silent};
  scene it{where, infinite};
  auto push = proxied_push(it, proxy);
  push.connect("tcp://pull.invalid:9");
  push.connect("tcp://pull.invalid:10");
  push.disconnect("tcp://pull.invalid:9");
  REQUIRE(push.close_for(patience));
  auto other = proxied_push(it, proxy);
  other.set(option::linger, milliseconds{0});
  other.connect("tcp://pull.invalid:11");
  other.send("for nobody");
  REQUIRE(other.close_for(patience));
}

TEST_CASE("socks: ipc and inproc do without it, as later tcp connects may") {
  ON_EVERY(where, places());
  socks_server proxy{manner::refusing};
  scene it{where};
  auto pull = it.pull();
  auto push = it.push();
  push.set(option::socks_proxy, proxy.address());
  if (where.transport == "tcp")
    push.set(option::socks_proxy, "");
  push.connect(pull.bind(it.fresh()));
  require_passes(push, pull, "x");
  REQUIRE(proxy.requests().empty());
}

TEST_CASE("socks: what is no host and port is refused at the call") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto push = it.push();
  push.set(option::socks_proxy, "proxy.test:1080");
  for (const char* bad : {"proxy.test", ":1080", "proxy.test:", "*:1080",
                          "proxy.test:0", "proxy.test:65536", "a:1;b:2",
                          "socks5://proxy.test:1080", "::1:1080", " "})
    CHECK(code_of([&] { push.set(option::socks_proxy, bad); })
          == errc::invalid_argument);
  CHECK(
    code_of([&] { push.set(option::socks_username, std::string(256, 'u')); })
    == errc::invalid_argument);
  REQUIRE(push.get(option::socks_proxy) == "proxy.test:1080");
  push.set(option::socks_proxy, "[::1]:1080");
}

} // namespace zmqrt::test
