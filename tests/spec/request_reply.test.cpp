// SPDX-License-Identifier: MPL-2.0
//
// RFC 28 (REQREP), clause by clause, over bare pipes and inproc.

#include <set>

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

namespace {

std::error_code put_parts(gate& into, const message& what) {
  return into.send(what, patience::never());
}

/// Two from each of two peers.
void comes_from_both(gate& to, const std::string& a, const std::string& b) {
  const auto first = *accept(to, a);
  const auto second = *accept(to, b);
  for (const char* number : {"1", "2"}) {
    comes(to, first, message{"", "a" + std::string{number}});
    comes(to, second, message{"", "b" + std::string{number}});
  }
}

} // namespace

// -- REQ ----------------------------------------------------------------------

TEST_CASE("28.REQ.1 any number of REP or ROUTER peers") {
  CHECK(compatible(socket_type::req, socket_type::rep));
  CHECK(compatible(socket_type::req, socket_type::router));
  CHECK_FALSE(compatible(socket_type::req, socket_type::req));
  CHECK_FALSE(compatible(socket_type::req, socket_type::dealer));
}

TEST_CASE("28.REQ.2 exactly one message is sent and then received") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *accept(*req);
  message next;
  CHECK(req->recv(next, patience::never()) == errc::fsm);
  REQUIRE_FALSE(put(*req, "1"));
  CHECK(put(*req, "2") == errc::fsm);
  comes(*req, pipe, message{"", "answer"});
  comes(*req, pipe, message{"", "another"});
  CHECK(get(*req) == "answer");
  CHECK(req->recv(next, patience::never()) == errc::fsm);
  REQUIRE_FALSE(put(*req, "2"));
  CHECK(taken(*req, pipe) == texts{"|1", "|2"});
}

TEST_CASE("28.REQ.3 a delimiter goes in front, and is taken off") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *accept(*req);
  REQUIRE_FALSE(put_parts(*req, {"several", "", "frames"}));
  CHECK(taken(*req, pipe) == texts{"|several||frames"});
  comes(*req, pipe, message{"", "an", "", "answer"});
  CHECK(get(*req) == "an||answer");
}

TEST_CASE("28.REQ.4 requests go round robin to connected peers") {
  const auto req = make_gate(socket_type::req);
  const auto a = *accept(*req);
  const auto b = *accept(*req);
  for (const auto to : {a, b, a}) {
    REQUIRE_FALSE(put(*req, "x"));
    CHECK(taken(*req, to) == texts{"|x"});
    comes(*req, to, message{"", "y"});
    CHECK(get(*req) == "y");
  }
}

TEST_CASE("28.REQ.5 a send without a peer is an error, and discards nothing") {
  const auto req = make_gate(socket_type::req);
  CHECK(put(*req, "x") == errc::again);
  const auto pipe = *accept(*req);
  REQUIRE_FALSE(put(*req, "x")); // no request was begun before
  CHECK(taken(*req, pipe) == texts{"|x"});
}

TEST_CASE("28.REQ.6 only the peer that was asked is heard") {
  const auto req = make_gate(socket_type::req);
  const auto a = *accept(*req);
  const auto b = *accept(*req);
  comes(*req, b, message{"", "early"});
  REQUIRE_FALSE(put(*req, "x"));
  comes(*req, b, message{"", "other"});
  CHECK(get(*req) == "-");
  comes(*req, a, message{"", "asked"});
  CHECK(get(*req) == "asked");
}

TEST_CASE("28.REQ.7 what came before a request does not answer it") {
  const auto req = make_gate(socket_type::req);
  const auto a = *accept(*req);
  const auto b = *accept(*req);
  REQUIRE_FALSE(put(*req, "to a"));
  comes(*req, a, message{"", "answer"});
  comes(*req, a, message{"", "another"});
  comes(*req, b, message{"", "not asked"});
  CHECK(get(*req) == "answer");
  REQUIRE_FALSE(put(*req, "to b"));
  CHECK(get(*req) == "-");
  comes(*req, b, message{"", "the answer"});
  CHECK(get(*req) == "the answer");
  REQUIRE_FALSE(put(*req, "to a"));
  CHECK(get(*req) == "-");
  CHECK(taken(*req, a) == texts{"|to a", "|to a"});
}

// -- REP ----------------------------------------------------------------------

TEST_CASE("28.REP.1 any number of REQ or DEALER peers") {
  CHECK(compatible(socket_type::rep, socket_type::req));
  CHECK(compatible(socket_type::rep, socket_type::dealer));
  CHECK_FALSE(compatible(socket_type::rep, socket_type::rep));
  CHECK_FALSE(compatible(socket_type::rep, socket_type::router));
}

TEST_CASE("28.REP.2 exactly one message is received and then sent") {
  const auto rep = make_gate(socket_type::rep);
  const auto pipe = *accept(*rep);
  comes(*rep, pipe, message{"", "1"});
  comes(*rep, pipe, message{"", "2"});
  CHECK(put(*rep, "early") == errc::fsm);
  CHECK(get(*rep) == "1");
  message next;
  CHECK(rep->recv(next, patience::never()) == errc::fsm);
  REQUIRE_FALSE(put(*rep, "one"));
  CHECK(put(*rep, "again") == errc::fsm);
  CHECK(get(*rep) == "2");
}

TEST_CASE("28.REP.3 the envelope is stored, and goes back with the answer") {
  const auto rep = make_gate(socket_type::rep);
  const auto pipe = *accept(*rep);
  comes(*rep, pipe, message{"far", "near", "", "a", "", "question"});
  CHECK(get(*rep) == "a||question");
  REQUIRE_FALSE(put_parts(*rep, {"an", "", "answer"}));
  CHECK(taken(*rep, pipe) == texts{"far|near||an||answer"});
}

TEST_CASE("28.REP.4 a request without a delimiter is none") {
  const auto rep = make_gate(socket_type::rep);
  const auto pipe = *accept(*rep);
  comes(*rep, pipe, message{"no", "delimiter"});
  CHECK(get(*rep) == "-");
  comes(*rep, pipe, message{"", "question"});
  CHECK(get(*rep) == "question");
}

TEST_CASE("28.REP.5 requests are fair-queued") {
  const auto rep = make_gate(socket_type::rep);
  comes_from_both(*rep, "", "");
  for (const char* next : {"a1", "b1", "a2", "b2"}) {
    CHECK(get(*rep) == next);
    REQUIRE_FALSE(put(*rep, "answer"));
  }
}

TEST_CASE("28.REP.6 the answer goes to the peer that asked") {
  const auto rep = make_gate(socket_type::rep);
  const auto a = *accept(*rep);
  const auto b = *accept(*rep);
  comes(*rep, b, message{"", "question"});
  CHECK(get(*rep) == "question");
  REQUIRE_FALSE(put(*rep, "answer"));
  CHECK(taken(*rep, a).empty());
  CHECK(taken(*rep, b) == texts{"|answer"});
}

TEST_CASE("28.REP.7 an answer to a peer that is gone is discarded") {
  const auto rep = make_gate(socket_type::rep);
  const auto gone = *accept(*rep);
  const auto other = *accept(*rep);
  comes(*rep, gone, message{"", "question"});
  CHECK(get(*rep) == "question");
  batch none;
  rep->detach(gone, none);
  REQUIRE_FALSE(put(*rep, "answer"));
  CHECK(taken(*rep, other).empty());
  comes(*rep, other, message{"", "next"});
  CHECK(get(*rep) == "next");
}

TEST_CASE("28.REP.8 sending does not wait: a full peer loses its answer") {
  const auto rep = make_gate(socket_type::rep, 1);
  const auto pipe = *accept(*rep);
  for (const char* answer : {"1", "2"}) {
    comes(*rep, pipe, message{"", "question"});
    CHECK(get(*rep) == "question");
    REQUIRE_FALSE(put(*rep, answer));
  }
  CHECK(taken(*rep, pipe) == texts{"|1"});
}

// -- DEALER -------------------------------------------------------------------

TEST_CASE("28.DEALER.1 any number of REP, ROUTER and DEALER peers, both ways") {
  for (const auto peer :
       {socket_type::rep, socket_type::router, socket_type::dealer})
    CHECK(compatible(socket_type::dealer, peer));
  CHECK_FALSE(compatible(socket_type::dealer, socket_type::req));
  const auto dealer = make_gate(socket_type::dealer);
  const auto pipe = *accept(*dealer);
  REQUIRE_FALSE(put(*dealer, "out"));
  comes(*dealer, pipe, message{"in"});
  CHECK(get(*dealer) == "in");
  CHECK(taken(*dealer, pipe) == texts{"out"});
}

TEST_CASE("28.DEALER.2 messages are not filtered or modified") {
  const auto dealer = make_gate(socket_type::dealer);
  const auto pipe = *accept(*dealer);
  for (const message& what : {message{"", "a"}, message{"a", "", ""}}) {
    REQUIRE_FALSE(put_parts(*dealer, what));
    CHECK(taken(*dealer, pipe) == texts{joined(what)});
    comes(*dealer, pipe, what);
    CHECK(get(*dealer) == joined(what));
  }
}

TEST_CASE("28.DEALER.3 the queue of a connect is there without a connection") {
  const auto dealer = make_gate(socket_type::dealer);
  const auto pipe = *dealer->attach({});
  REQUIRE_FALSE(put(*dealer, "early"));
  REQUIRE(dealer->plug(pipe, nullptr, nullptr));
  batch none;
  dealer->unplug(pipe, none);
  REQUIRE_FALSE(put(*dealer, "while away"));
  REQUIRE(dealer->plug(pipe, nullptr, nullptr));
  CHECK(taken(*dealer, pipe) == texts{"early", "while away"});
}

TEST_CASE("28.DEALER.4 queue sizes are limited by an option, each way") {
  const auto dealer = make_gate(socket_type::dealer, 3, 5);
  const auto pipe = *accept(*dealer);
  CHECK(fill(*dealer) == 3);
  CHECK(takes_in(*dealer, pipe) == 5);
}

TEST_CASE("28.DEALER.5 messages go round robin to peers with room") {
  const auto dealer = make_gate(socket_type::dealer, 1);
  const auto a = *accept(*dealer);
  const auto b = *accept(*dealer);
  CHECK(fill(*dealer) == 2);
  CHECK(taken(*dealer, b) == texts{"1"});
  CHECK(fill(*dealer) == 1);
  CHECK(taken(*dealer, a) == texts{"0"});
}

TEST_CASE("28.DEALER.6 nothing is accepted without an available peer") {
  const auto dealer = make_gate(socket_type::dealer, 1);
  CHECK(put(*dealer, "x") == errc::again);
  const auto pipe = *accept(*dealer);
  REQUIRE_FALSE(put(*dealer, "y"));
  CHECK(put(*dealer, "z") == errc::again);
  CHECK(taken(*dealer, pipe) == texts{"y"});
}

TEST_CASE("28.DEALER.7 incoming messages are fair-queued") {
  const auto dealer = make_gate(socket_type::dealer);
  comes_from_both(*dealer, "", "");
  for (const char* next : {"|a1", "|b1", "|a2", "|b2"})
    CHECK(get(*dealer) == next);
}

// -- ROUTER -------------------------------------------------------------------

TEST_CASE("28.ROUTER.1 any number of REQ, DEALER and ROUTER peers") {
  for (const auto peer :
       {socket_type::req, socket_type::dealer, socket_type::router})
    CHECK(compatible(socket_type::router, peer));
  CHECK_FALSE(compatible(socket_type::router, socket_type::rep));
}

TEST_CASE("28.ROUTER.2 each queue has an identity of its own") {
  const auto router = make_gate(socket_type::router);
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) {
    comes(*router, *accept(*router), message{std::string_view{}});
    names.insert(get(*router));
  }
  CHECK(names.size() == 100);
}

TEST_CASE("28.ROUTER.3 a peer may say its identity") {
  const auto router = make_gate(socket_type::router);
  comes(*router, *accept(*router, "its name"), message{"hello"});
  CHECK(get(*router) == "its name|hello");
}

TEST_CASE("28.ROUTER.4 incoming messages are fair-queued, with the identity") {
  const auto router = make_gate(socket_type::router);
  comes_from_both(*router, "A", "B");
  for (const char* next : {"A||a1", "B||b1", "A||a2", "B||b2"})
    CHECK(get(*router) == next);
}

TEST_CASE("28.ROUTER.5 the first frame says where a message goes") {
  const auto router = make_gate(socket_type::router);
  const auto a = *accept(*router, "A");
  const auto b = *accept(*router, "B");
  REQUIRE_FALSE(put_parts(*router, {"B", "for", "b"}));
  REQUIRE_FALSE(put_parts(*router, {"A", "for a"}));
  CHECK(taken(*router, a) == texts{"for a"});
  CHECK(taken(*router, b) == texts{"for|b"});
}

TEST_CASE("28.ROUTER.6 what cannot be queued is dropped, or an error") {
  socket_options options = with_hwm(1, 1000);
  options.router_mandatory = GENERATE(false, true);
  CAPTURE(options.router_mandatory);
  gate router(socket_type::router, options);
  const auto pipe = *accept(router, "full");
  REQUIRE_FALSE(put_parts(router, {"full", "1"}));
  const auto nobody = put_parts(router, {"nobody", "x"});
  const auto full = put_parts(router, {"full", "2"});
  if (options.router_mandatory) {
    CHECK(nobody == errc::host_unreachable);
    CHECK(full == errc::again);
  } else {
    CHECK_FALSE(nobody);
    CHECK_FALSE(full);
  }
  CHECK(taken(router, pipe) == texts{"1"});
}

TEST_CASE("28.ROUTER.7 a queue goes with its peer, and the identity too") {
  const auto router = make_gate(socket_type::router);
  const auto gone = *accept(*router, "A");
  REQUIRE_FALSE(put_parts(*router, {"A", "lost"}));
  batch none;
  CHECK(router->detach(gone, none) == 1);
  const auto next = accept(*router, "A");
  REQUIRE(next);
  CHECK(taken(*router, *next).empty());
}

TEST_CASE("28.ROUTER.8 the queue of a connect outlives connections") {
  const auto router = make_gate(socket_type::router);
  const auto pipe = *router->attach({});
  REQUIRE(router->plug(pipe, nullptr, nullptr, {"A", false}));
  batch none;
  router->unplug(pipe, none);
  REQUIRE_FALSE(put_parts(*router, {"A", "while away"}));
  REQUIRE(router->plug(pipe, nullptr, nullptr, {"A", false}));
  CHECK(taken(*router, pipe) == texts{"while away"});
}
