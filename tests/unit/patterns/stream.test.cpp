// SPDX-License-Identifier: MPL-2.0
//
// STREAM, and a ROUTER with ROUTER_RAW, as policies.

#include <memory>
#include <string>

#include "libzmqrt/patterns/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::patterns;
using kind = delivery::kind;

namespace {

struct bench {
  explicit bench(socket_type type) : policy(make_pattern(type, options)) {
    options.router_raw = type == socket_type::router;
  }
  /// A pipe whose peer has come; answers its id.
  std::string come(pipe_id pipe, std::string_view named_here = {}) {
    REQUIRE(policy->attach(pipe));
    policy->set_writable(pipe, true);
    REQUIRE(met(pipe, named_here));
    return id_of(pipe);
  }
  bool met(pipe_id pipe, std::string_view named_here = {}) {
    pipe_id evicted = no_pipe;
    const bool named = !named_here.empty();
    const bool welcome =
      policy->plugged(pipe, {std::string{named_here}, named}, evicted);
    CHECK(evicted == no_pipe);
    return welcome;
  }
  std::string id_of(pipe_id pipe) {
    message what{"bytes"};
    REQUIRE(policy->arrived(pipe, what));
    REQUIRE(what.size() == 2);
    CHECK(what[1].view() == "bytes");
    return std::string{what[0].view()};
  }
  delivery send(std::string_view id, std::string_view bytes) {
    message what{id};
    what.push_back(bytes);
    return policy->route(what);
  }

  socket_options options;
  std::unique_ptr<pattern> policy;
};

} // namespace

TEST_CASE("STREAM: ids are ours, five octets, and never used again") {
  bench stream{socket_type::stream};
  const auto first = stream.come(0);
  const auto second = stream.come(1);
  CHECK(first.size() == 5);
  CHECK(first[0] == '\0');
  CHECK(first != second);
  stream.policy->detach(0);
  CHECK(stream.come(0) != first);
  CHECK(stream.policy->next_in() == no_pipe); // announcing is the gate's
}

TEST_CASE("STREAM: an id and bytes, nothing else") {
  bench stream{socket_type::stream};
  const auto id = stream.come(0);
  const auto how = stream.send(id, "x");
  CHECK(how.what == kind::to_one);
  CHECK(how.pipe == 0);
  CHECK(how.skip == 1);
  for (const message& flawed : {message{std::string_view{id}},
                                message{id, "a", "b"}, message{id, "", ""}}) {
    const auto refused = stream.policy->route(flawed);
    CHECK(refused.what == kind::refused);
    CHECK(refused.why == errc::invalid_argument);
  }
}

TEST_CASE("STREAM: what cannot go is told at the call") {
  bench stream{socket_type::stream};
  const auto id = stream.come(0);
  const auto unknown = stream.send("nobody", "x");
  CHECK(unknown.what == kind::refused);
  CHECK(unknown.why == errc::host_unreachable);
  stream.policy->set_writable(0, false);
  CHECK(stream.send(id, "x").what == kind::later);
  stream.policy->retire(0);
  CHECK(stream.send(id, "x").why == errc::host_unreachable);
  CHECK(stream.id_of(0) == id); // what came before can be read
  CHECK(stream.policy->next_out() != no_pipe);
}

TEST_CASE("STREAM: no bytes hang up, once, however full") {
  bench stream{socket_type::stream};
  const auto id = stream.come(0);
  stream.policy->set_writable(0, GENERATE(true, false));
  const auto how = stream.send(id, "");
  CHECK(how.what == kind::hang_up);
  CHECK(how.pipe == 0);
  for (const char* bytes : {"", "x"})
    CHECK(stream.send(id, bytes).why == errc::host_unreachable);
  CHECK(stream.send("nobody", "").why == errc::host_unreachable);
}

TEST_CASE("STREAM: CONNECT_ROUTING_ID names a peer, that keeps it") {
  bench stream{socket_type::stream};
  CHECK(stream.come(0, "server") == "server");
  stream.policy->unplugged(0, true, true);
  CHECK(stream.met(0, "server"));
  CHECK(stream.id_of(0) == "server");
  REQUIRE(stream.policy->attach(1));
  CHECK_FALSE(stream.met(1, "server"));
  // Free again, once it was hung up on.
  CHECK(stream.send("server", "").what == kind::hang_up);
  CHECK(stream.met(1, "server"));
  stream.policy->set_writable(1, true);
  CHECK(stream.send("server", "x").pipe == 1);
}

TEST_CASE("STREAM: a reserved name is nobody else's") {
  bench stream{socket_type::stream};
  const auto name = stream.policy->reserve_name();
  CHECK(name.size() == 5);
  CHECK(stream.come(0) != name);
  CHECK(stream.come(1, name) == name);
}

TEST_CASE("ROUTER_RAW: ids and hanging up as STREAM, the rest as ROUTER") {
  bench router{socket_type::router};
  const auto id = router.come(0);
  CHECK(id.size() == 5);
  CHECK(router.send(id, "x").what == kind::to_one);
  CHECK(router.policy->route(message{id, "a", "b"}).why
        == errc::invalid_argument);
  CHECK(router.send("nobody", "x").what == kind::dropped);
  router.options.router_mandatory = true;
  CHECK(router.send("nobody", "x").why == errc::host_unreachable);
  CHECK(router.send(id, "").what == kind::hang_up);
}
