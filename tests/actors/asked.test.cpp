// SPDX-License-Identifier: MPL-2.0
//
// Who is asked who may come in, and what becomes of peers about whom the answer
// is late, wrong or never comes.

#include <future>

#include <caf/all.hpp>

#include "tests/actors/security.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::test {

using kind = event_kind;

// -- ZAP handlers -------------------------------------------------------------

TEST_CASE("security: a ZAP handler of the application's is asked") {
  ON_EVERY(where, wires());
  const auto type = GENERATE(socket_type::rep, socket_type::router);
  CAPTURE(type);
  scene it{where};
  const auto server = curve_keypair();
  const auto client = curve_keypair();
  std::promise<zap_handler::frames> asked;
  zap_handler handler{it, type, [&](const auto& request) {
                        asked.set_value(request);
                        return zap_reply(request, "200", "alice",
                                         std::string{"\4role\0\0\0\3ops", 12});
                      }};
  pair_of_ends ends{it};
  serve_curve(ends.server, server);
  use_curve(ends.client, client, server.public_key);
  ends.server.set(option::zap_domain, "global");
  ends.server.set(option::routing_id, "server");
  ends.require_meet();
  const auto got = ends.server.recv();
  CHECK(got.property("User-Id") == "alice");
  CHECK(got.property("role") == "ops");
  const auto request = asked.get_future().get();
  REQUIRE(request.size() == 7);
  CHECK(request[0] == "1.0");
  CHECK(request[2] == "global");
  if (where.transport == "tcp")
    CHECK(request[3] == "127.0.0.1");
  else
    CHECK(request[3].starts_with("localhost:"));
  CHECK(request[4] == "server");
  CHECK(request[5] == "CURVE");
  CHECK(request[6] == curve_octets(client.public_key));
}

TEST_CASE("security: ZAP statuses end a handshake as they say") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  const auto status = GENERATE(300, 400, 500);
  zap_handler handler{it, socket_type::rep, [&](const auto& request) {
                        return zap_reply(request, std::to_string(status));
                      }};
  pair_of_ends ends{it};
  ends.server.set(option::zap_domain, "any"); // of NULL
  ends.require_refused(kind::handshake_failed_auth, status);
  const auto at_client = await_end(ends.at_client);
  // 300 is told to nobody: the peer may try again.
  CHECK(at_client.kind
        == (status == 300 ? kind::handshake_failed_no_detail
                          : kind::handshake_failed_auth));
}

TEST_CASE("security: where a domain is enforced nobody comes in unasked") {
  ON_EVERY(where, over_tcp());
  const bool enforced = GENERATE(true, false);
  const bool curve = GENERATE(true, false);
  CAPTURE(enforced, curve);
  scene it{where};
  const auto server = curve_keypair();
  pair_of_ends ends{it};
  if (curve) {
    serve_curve(ends.server, server);
    use_curve(ends.client, curve_keypair(), server.public_key);
  }
  ends.server.set(option::zap_domain, "any");
  ends.server.set(option::zap_enforce_domain, enforced);
  if (enforced) {
    ends.require_refused(kind::handshake_failed_no_detail, EFAULT);
  } else {
    ends.require_meet();
    CHECK_FALSE(ends.server.recv().has_property("User-Id"));
  }
}

TEST_CASE("security: a handler that ends, or is none, harms nobody") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  SECTION("it ends amid a question") {
    auto handler = it.open(socket_type::router);
    handler.bind("inproc://zeromq.zap.01");
    pair_of_ends ends{it};
    ends.server.set(option::zap_domain, "any");
    ends.meet();
    REQUIRE(handler.recv().size() == 8);
    handler.close();
    const auto end = await_end(ends.at_server);
    CHECK(end.kind == kind::handshake_failed_auth);
    CHECK(end.value == 500);
    // The next one is not asked about, as nobody is there.
    REQUIRE(await_end(ends.at_server).kind == kind::handshake_succeeded);
  }
  SECTION("no type of a handler's: nobody comes in") {
    const auto type = GENERATE(socket_type::pub, socket_type::pull,
                               socket_type::dealer, socket_type::server);
    const auto mechanism = GENERATE(0, 1, 2);
    CAPTURE(to_string(type), mechanism);
    auto handler = it.open(type);
    handler.bind("inproc://zeromq.zap.01");
    pair_of_ends ends{it};
    const auto server = curve_keypair();
    if (mechanism == 1) {
      ends.server.set(option::plain_server, true);
      use_plain(ends.client, "a", "b");
    } else if (mechanism == 2) {
      serve_curve(ends.server, server);
      use_curve(ends.client, curve_keypair(), server.public_key);
    }
    ends.server.set(option::zap_domain, "any");
    ends.require_refused(kind::handshake_failed_no_detail, EFAULT);
  }
  SECTION("it never answers, nor reads") {
    auto handler = it.open(socket_type::router);
    handler.bind("inproc://zeromq.zap.01");
    pair_of_ends ends{it};
    ends.server.set(option::zap_domain, "any");
    ends.server.set(option::handshake_ivl, milliseconds{50});
    ends.require_refused(kind::handshake_failed_no_detail, EAGAIN);
    auto other = it.push();
    auto open = it.pull();
    other.connect(open.bind(it.fresh()));
    require_passes(other, open, "others go on");
    // The questions of those that have gone were taken back.
    REQUIRE(ends.client.close_for(patience));
    REQUIRE(ends.server.close_for(patience));
    CHECK_FALSE(handler.try_recv());
  }
  SECTION("it takes one question at a time") {
    auto handler = it.open(socket_type::rep);
    handler.set(option::rcvhwm, 1);
    handler.set(option::sndhwm, 1);
    handler.bind("inproc://zeromq.zap.01");
    pair_of_ends ends{it};
    ends.server.set(option::zap_domain, "any");
    ends.meet();
    const auto request = handler.recv();
    handler.send(message{"1.0", request[1].view(), "200", "", "", ""});
    REQUIRE(await_end(ends.at_client).kind == kind::handshake_succeeded);
  }
  SECTION("it answers twice") {
    auto handler = it.open(socket_type::router);
    handler.bind("inproc://zeromq.zap.01");
    pair_of_ends ends{it};
    ends.server.set(option::zap_domain, "any");
    ends.meet();
    const auto request = handler.recv();
    for (const char* status : {"200", "400"})
      handler.send(message{request[0].view(), "", "1.0", request[3].view(),
                           status, "", "", ""});
    REQUIRE(await_end(ends.at_client).kind == kind::handshake_succeeded);
    require_passes(ends.client, ends.server, "once is enough");
  }
}

TEST_CASE("security: a malformed reply is libzmq's protocol error") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  struct wrong {
    std::size_t frame;
    const char* value;
    std::int64_t code;
  };
  const auto how =
    GENERATE(wrong{0, "2.0", 0x20000003}, wrong{1, "other", 0x20000002},
             wrong{2, "201", 0x20000004});
  CAPTURE(how.frame);
  zap_handler handler{it, socket_type::rep, [&](const auto& request) {
                        auto reply = zap_reply(request, "200");
                        reply[how.frame] = how.value;
                        return reply;
                      }};
  pair_of_ends ends{it};
  ends.server.set(option::zap_domain, "any");
  ends.require_refused(kind::handshake_failed_protocol, how.code);
}

// -- authenticators -----------------------------------------------------------

namespace {

using reply_promise = caf::typed_response_promise<auth_reply>;
using first_question = std::promise<auth_request>;

/// Keeps the question until the test answers it.
authenticator::behavior_type
answers_later(authenticator::pointer self,
              const std::shared_ptr<reply_promise>& held,
              const std::shared_ptr<first_question>& asked) {
  return {[=, count = 0](const auth_request& about) mutable {
    auto later = self->make_response_promise<auth_reply>();
    if (++count == 1) {
      *held = later;
      asked->set_value(about);
    }
    return later; // those that come again wait for ever
  }};
}

/// A PLAIN server of a context in an actor system of the application's, whose
/// actor has a question about its client.
struct question_asked {
  question_asked(io_backend backend, milliseconds handshake_limit)
    : system(config), ctx(system, options_for(backend)),
      // CAF 0.17 looks into the arguments of one that has none.
      decides(system.spawn(answers_later, held, asked)),
      server(ctx.socket(socket_type::pull)),
      client(ctx.socket(socket_type::push)), events(server.monitor()) {
    set_authenticator(ctx, decides);
    server.set(option::rcvtimeo, patience);
    server.set(option::plain_server, true);
    server.set(option::zap_domain, "here");
    server.set(option::handshake_ivl, handshake_limit);
    use_plain(client, "ann", "word");
    client.set(option::reconnect_ivl, milliseconds{1});
    client.connect(server.bind("tcp://127.0.0.1:*"));
    client.send("hello");
    about = asked->get_future().get();
  }

  static context_options options_for(io_backend backend) {
    context_options out;
    out.backend = backend;
    out.linger = milliseconds{0};
    return out;
  }

  void require_end(kind why, int value) {
    const auto end = await_end(events);
    CHECK(to_string(end.kind) == to_string(why));
    CHECK(end.value == value);
  }

  std::shared_ptr<reply_promise> held = std::make_shared<reply_promise>();
  std::shared_ptr<first_question> asked = std::make_shared<first_question>();
  caf::actor_system_config config;
  caf::actor_system system;
  context ctx;
  authenticator decides;
  socket server;
  socket client;
  monitor events;
  auth_request about;
};

} // namespace

TEST_CASE("security: an actor decides, and may take its time") {
  const auto backend = GENERATE(from_range(backends()));
  question_asked it{backend, patience};
  CHECK(it.about.mechanism == "PLAIN");
  CHECK(it.about.domain == "here");
  CHECK(it.about.address == "127.0.0.1");
  CHECK(it.about.credentials == std::vector<std::string>{"ann", "word"});
  SECTION("yes") {
    it.held->deliver(auth_reply{200, "", "Ann", {{"team", "red"}}});
    const auto got = it.server.recv();
    CHECK(got.property("User-Id") == "Ann");
    CHECK(got.property("team") == "red");
  }
  SECTION("no") {
    const int status = GENERATE(300, 400, 500);
    it.held->deliver(auth_reply{status, "no", "", {}});
    it.require_end(kind::handshake_failed_auth, status);
  }
  SECTION("it dies") {
    caf::anon_send_exit(it.decides, caf::exit_reason::kill);
    it.require_end(kind::handshake_failed_auth, 500);
  }
  SECTION("the context ends meanwhile") {
    REQUIRE(it.ctx.term_for(patience));
    it.held->deliver(auth_reply{200, "too late", "", {}});
    CHECK(code_of([&] { set_authenticator(it.ctx, it.decides); })
          == errc::terminated);
  }
}

TEST_CASE("security: an actor that never answers lets nobody in") {
  const auto backend = GENERATE(from_range(backends()));
  question_asked it{backend, milliseconds{200}};
  it.require_end(kind::handshake_failed_no_detail, EAGAIN);
  it.held->deliver(auth_reply{200, "too late", "", {}});
  REQUIRE(it.ctx.term_for(patience));
}

} // namespace zmqrt::test
