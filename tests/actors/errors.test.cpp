// SPDX-License-Identifier: MPL-2.0
//
// Errors: what the application gets wrong is refused at the call, by an error
// that names the endpoint or option and the rule; nothing is half done.

#include <cstring>
#include <utility>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

namespace {

template <class Verb>
error caught(Verb&& verb) {
  try {
    std::forward<Verb>(verb)();
  } catch (const error& thrown) {
    return thrown;
  }
  FAIL("nothing was thrown");
  return error{errc::again};
}

template <class Verb>
void require_names(errc code, const std::string& subject, Verb&& verb) {
  const auto thrown = caught(std::forward<Verb>(verb));
  INFO(thrown.what());
  REQUIRE(thrown.code() == code);
  REQUIRE(thrown.subject() == subject);
  REQUIRE(std::strstr(thrown.what(), subject.c_str()) != nullptr);
  // Subject, rule, and what the code says.
  REQUIRE(std::strlen(thrown.what()) > subject.size() + 4);
}

template <class Socket>
concept sends_a_braced_list = requires(Socket& socket) {
  socket.send({"a", "b"});
};
template <class Socket, class Value>
concept sets_rcvhwm = requires(Socket& socket, Value value) {
  socket.set(option::rcvhwm, value);
};
template <class Socket, class Value>
concept sets_linger = requires(Socket& socket, Value value) {
  socket.set(option::linger, value);
};
template <class Socket>
concept sets_last_endpoint = requires(Socket& socket) {
  socket.set(option::last_endpoint, "x");
};

static_assert(!sends_a_braced_list<socket>);
static_assert(sets_rcvhwm<socket, int>);
static_assert(!sets_rcvhwm<socket, milliseconds>);
static_assert(!sets_rcvhwm<socket, bool>);
static_assert(!sets_rcvhwm<socket, const char*>);
static_assert(sets_linger<socket, std::chrono::seconds>);
static_assert(!sets_linger<socket, int>);
static_assert(!sets_linger<socket, std::chrono::microseconds>);
static_assert(!sets_last_endpoint<socket>);

} // namespace

TEST_CASE("errors: malformed endpoints are named") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  const std::string text = GENERATE(
    "", "tcp", "tcp:/x", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:port",
    "tcp://127.0.0.1:70000", "tcp://bad host:1", "tcp://[::1:1", "://x",
    "ipc://@", "inproc://");
  CAPTURE(text);
  require_names(errc::invalid_argument, text, [&] { pull.bind(text); });
  require_names(errc::invalid_argument, text, [&] { pull.connect(text); });
  REQUIRE(pull.get(option::last_endpoint).empty());
}

TEST_CASE("errors: endpoints that cannot be had are named") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  require_names(errc::protocol_not_supported, "pgm://127.0.0.1:1",
                [&] { pull.bind("pgm://127.0.0.1:1"); });
  require_names(errc::no_compatible_protocol, "udp://127.0.0.1:1",
                [&] { pull.bind("udp://127.0.0.1:1"); });
  require_names(errc::invalid_argument, "tcp://127.0.0.1:*",
                [&] { pull.connect("tcp://127.0.0.1:*"); });
  require_names(errc::invalid_argument, "tcp://*:1",
                [&] { pull.connect("tcp://*:1"); });
  require_names(errc::no_such_device, "tcp://no-such-interface-:*",
                [&] { pull.bind("tcp://no-such-interface-:*"); });
  // RFC 5737: an address of documentation is nobody's.
  require_names(errc::address_not_available, "tcp://192.0.2.1:*",
                [&] { pull.bind("tcp://192.0.2.1:*"); });
  const auto lost = it.directory.endpoint("no/such/folder");
  REQUIRE(caught([&] { pull.bind(lost); }).subject() == lost);
  const auto endless = "ipc://" + std::string(200, 'x');
  require_names(errc::name_too_long, endless, [&] { pull.bind(endless); });
  require_names(errc::no_such_endpoint, "tcp://127.0.0.1:1",
                [&] { pull.unbind("tcp://127.0.0.1:1"); });
  require_names(errc::no_such_endpoint, "tcp://127.0.0.1:1",
                [&] { pull.disconnect("tcp://127.0.0.1:1"); });
  // A source is looked at when it is given, and no resolver is asked for it.
  for (const std::string source :
       {"no-such-interface-", "localhost", "[::1]"}) {
    const auto text = "tcp://" + source + ":*;127.0.0.1:1";
    const auto code = source == "[::1]" ? errc::invalid_argument // without IPV6
                                        : errc::no_such_device;
    require_names(code, text, [&] { pull.connect(text); });
  }
  const auto taken = pull.bind("tcp://127.0.0.1:*");
  auto other = it.pull();
  require_names(errc::address_in_use, taken, [&] { other.bind(taken); });
  // The failures have left nothing behind.
  auto push = it.push_to(taken);
  require_passes(push, pull, "x");
}

TEST_CASE("errors: a congestion control the kernel does not know is named") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  const auto known = pull.bind("tcp://127.0.0.1:*");
  pull.set(option::tcp_congestion, "no-such-name");
  require_names(errc::invalid_argument, "tcp://127.0.0.1:*",
                [&] { pull.bind("tcp://127.0.0.1:*"); });
  const auto thrown = caught([&] { pull.bind("tcp://127.0.0.1:*"); });
  REQUIRE(std::strstr(thrown.what(), "tcp_congestion") != nullptr);
  REQUIRE(std::strstr(thrown.what(), "no-such-name") != nullptr);
  // A connect is tried again: the kernel may have learnt the name by then.
  auto push = it.eager_push();
  push.set(option::tcp_congestion, "no-such-name");
  auto events = push.monitor();
  push.connect(known);
  expect_all(events, {event_kind::connect_delayed, event_kind::closed,
                      event_kind::connect_retried});
  // What the kernel knows is taken by the next endpoint.
  push.disconnect(known);
  push.set(option::tcp_congestion, "reno");
  push.connect(known);
  require_passes(push, pull, "x");
}

TEST_CASE("errors: inproc names are one socket's, types must go together") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  pull.bind("inproc://here");
  auto other = it.pull();
  require_names(errc::address_in_use, "inproc://here",
                [&] { other.bind("inproc://here"); });
  REQUIRE(code_of([&] { other.connect("inproc://here"); })
          == errc::connection_refused);
}

TEST_CASE("errors: options out of range are named and change nothing") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  require_names(errc::invalid_argument, "rcvhwm",
                [&] { pull.set(option::rcvhwm, -1); });
  REQUIRE(pull.get(option::rcvhwm) == 1000);
  require_names(errc::invalid_argument, "linger",
                [&] { pull.set(option::linger, milliseconds{-2}); });
  require_names(errc::invalid_argument, "maxmsgsize",
                [&] { pull.set(option::maxmsgsize, std::int64_t{-2}); });
  require_names(errc::invalid_argument, "routing_id",
                [&] { pull.set(option::routing_id, std::string(256, 'x')); });
  require_names(errc::invalid_argument, "heartbeat_ttl", [&] {
    pull.set(option::heartbeat_ttl, milliseconds{6553600});
  });
  pull.bind("inproc://x");
  require_names(errc::invalid_argument, "conflate",
                [&] { pull.set(option::conflate, true); });
  auto pair = it.pair();
  require_names(errc::invalid_argument, "conflate",
                [&] { pair.set(option::conflate, true); });
}

TEST_CASE("errors: the raw door says the same") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  constexpr int rcvhwm = 24;
  const int hundred = 100;
  const int minus = -1;
  pull.set_raw(rcvhwm, std::as_bytes(std::span{&hundred, 1}));
  REQUIRE(pull.get(option::rcvhwm) == 100);
  require_names(errc::invalid_argument, "rcvhwm", [&] {
    pull.set_raw(rcvhwm, std::as_bytes(std::span{&minus, 1}));
  });
  require_names(errc::invalid_argument, "rcvhwm", [&] {
    pull.set_raw(rcvhwm, std::as_bytes(std::span{&hundred, 1}).first(3));
  });
  require_names(errc::invalid_argument, "option 9999",
                [&] { (void)pull.get_raw(9999); });
  REQUIRE(pull.get_raw(rcvhwm).size() == sizeof(int));
  REQUIRE(pull.get_raw(16).at(0) == std::byte{7}); // TYPE: PULL
}

TEST_CASE("errors: verbs that a type does not have") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push();
  push.connect(pull.bind("inproc://x"));
  REQUIRE(code_of([&] { pull.send("x"); }) == errc::not_supported);
  REQUIRE(code_of([&] { (void)pull.try_send("x"); }) == errc::not_supported);
  REQUIRE(code_of([&] { (void)push.recv(); }) == errc::not_supported);
  REQUIRE(code_of([&] { (void)push.try_recv(); }) == errc::not_supported);
  REQUIRE(code_of([&] { (void)push.recv_batch(1); }) == errc::not_supported);
  REQUIRE(code_of([&] { push.send(message{}); }) == errc::invalid_argument);
  const auto none = static_cast<socket_type>(socket_types);
  REQUIRE(code_of([&] { (void)it.ctx.socket(none); }) == errc::not_supported);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("errors: a closed or moved-from handle is not a socket") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto gone = it.pair();
  auto moved = it.pair();
  const auto fate = GENERATE(0, 1, 2);
  if (fate == 0) {
    gone.close();
  } else if (fate == 1) {
    auto now_here = std::move(gone);
    REQUIRE(now_here);
  } else {
    gone = socket{};
  }
  const auto refused = [](auto&& verb) {
    REQUIRE(code_of(verb) == errc::not_a_socket);
  };
  refused([&] { gone.send("x"); });
  refused([&] { (void)gone.try_send("x"); });
  refused([&] { (void)gone.send_for(message{"x"}, milliseconds{1}); });
  refused([&] { (void)gone.recv(); });
  refused([&] { (void)gone.try_recv(); });
  refused([&] { (void)gone.recv_for(milliseconds{1}); });
  refused([&] { (void)gone.recv_batch(1); });
  refused([&] { gone.bind("inproc://x"); });
  refused([&] { gone.connect("inproc://x"); });
  refused([&] { gone.unbind("inproc://x"); });
  refused([&] { gone.disconnect("inproc://x"); });
  refused([&] { gone.set(option::rcvhwm, 1); });
  refused([&] { (void)gone.get(option::rcvhwm); });
  refused([&] { (void)gone.type(); });
  refused([&] { (void)gone.monitor(); });
}

TEST_CASE("errors: copies are one socket") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto one = it.pull();
  auto two = one;
  REQUIRE(one == two);
  REQUIRE_FALSE(one == it.pull());
  two.set(option::rcvhwm, 5);
  REQUIRE(one.get(option::rcvhwm) == 5);
  one.close();
  REQUIRE(code_of([&] { (void)two.recv(); }) == errc::not_a_socket);
}

TEST_CASE("errors: contexts refuse options out of range, too") {
  context_options options;
  options.io_threads = 0;
  REQUIRE(caught([&] { context bad{options}; }).subject() == "io_threads");
  options.io_threads = 1;
  options.max_sockets = 0;
  REQUIRE(caught([&] { context bad{options}; }).subject() == "max_sockets");
  options.max_sockets = 2;
  options.linger = milliseconds{-3};
  REQUIRE(caught([&] { context bad{options}; }).subject() == "linger");
  options.linger = milliseconds{0};
  context ctx{options};
  auto one = ctx.socket(socket_type::pull);
  auto two = ctx.socket(socket_type::pull);
  REQUIRE(code_of([&] { (void)ctx.socket(socket_type::pull); })
          == errc::too_many_open);
  REQUIRE(two.close_for(patience));
  REQUIRE(ctx.socket(socket_type::push));
}

} // namespace zmqrt::test
