// SPDX-License-Identifier: MPL-2.0
//
// Verbs that answered again, tried again by who is called for it: none of the
// calls that matter is missing, and none comes without end.

#include "tests/unit/gate/fixtures.hpp"

namespace zmqrt::test {

using actors::poll_in;
using actors::poll_out;

namespace {

struct counting_watcher final : actors::watcher {
  void call() noexcept override {
    ++calls;
  }
  int calls = 0;
};

} // namespace

TEST_CASE("retrying: a send is called for when there is room") {
  const auto push = make_gate(socket_type::push, 1);
  const auto pipe = *accept(*push);
  const auto who = std::make_shared<counting_watcher>();
  REQUIRE_FALSE(push->send(message{"a"}, patience::never()));
  push->retry_with(poll_out, who);
  REQUIRE(push->send(message{"b"}, patience::never()) == errc::again);
  CHECK(who->calls == 0);
  batch out;
  push->take(pipe, out);
  push->accepted(pipe, 1, out.bytes());
  CHECK(who->calls == 1);
  CHECK_FALSE(push->send(message{"b"}, patience::never()));
}

TEST_CASE("retrying: so is one to a peer that was full, among others") {
  const auto router = make_gate(socket_type::router, 1);
  router->change_options(
    [](socket_options& in, void*) { in.router_mandatory = true; }, nullptr);
  const auto a = *accept(*router, "a");
  REQUIRE(accept(*router, "b"));
  const auto who = std::make_shared<counting_watcher>();
  REQUIRE_FALSE(router->send(message{"a", "1"}, patience::never()));
  router->retry_with(poll_out, who);
  REQUIRE(router->send(message{"a", "2"}, patience::never()) == errc::again);
  CHECK(who->calls == 0);
  batch out;
  router->take(a, out);
  router->accepted(a, 1, out.bytes());
  CHECK(who->calls == 1);
  CHECK_FALSE(router->send(message{"a", "2"}, patience::never()));
}

TEST_CASE("retrying: a receive is called for when something has come") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *accept(*pull);
  const auto who = std::make_shared<counting_watcher>();
  message got;
  pull->retry_with(poll_in, who);
  REQUIRE(pull->recv(got, patience::never()) == errc::again);
  CHECK(who->calls == 0);
  comes(*pull, pipe, message{"a"});
  CHECK(who->calls == 1);
  REQUIRE_FALSE(pull->recv(got, patience::never()));
  comes(*pull, pipe, message{"b"});
  CHECK(who->calls == 1); // once
}

TEST_CASE("retrying: a REQ's receive hears that its peer is lost") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *accept(*req);
  const auto who = std::make_shared<counting_watcher>();
  message got;
  // Nothing asked: the answer is fsm, again and again, and no call follows.
  req->retry_with(poll_in, who);
  REQUIRE(req->recv(got, patience::never()) == errc::fsm);
  CHECK(who->calls == 0);
  REQUIRE_FALSE(req->send(message{"question"}, patience::never()));
  batch out;
  req->take(pipe, out);
  req->accepted(pipe, out.messages(), out.bytes());
  req->retry_with(poll_in, who);
  const int before = who->calls;
  REQUIRE(req->recv(got, patience::never()) == errc::again);
  batch nothing;
  req->unplug(pipe, nothing);
  CHECK(who->calls == before + 1);
  CHECK(req->recv(got, patience::never()) == errc::connection_reset);
}

TEST_CASE("retrying: the end calls everybody, once") {
  const auto pull = make_gate(socket_type::pull);
  const auto who = std::make_shared<counting_watcher>();
  const auto gone = std::make_shared<counting_watcher>();
  pull->retry_with(poll_in, who);
  pull->retry_with(poll_in, gone);
  pull->forget(*gone);
  pull->fail(make_error_code(errc::terminated));
  pull->fail(make_error_code(errc::not_a_socket));
  CHECK(who->calls == 1);
  CHECK(gone->calls == 0);
}

} // namespace zmqrt::test
