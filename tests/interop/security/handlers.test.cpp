// SPDX-License-Identifier: MPL-2.0
//
// A handler that takes its time: our ROUTER answers libzmq clients of ours in
// the order it likes, and each is who it was said to be.

#include "tests/interop/security/secured.hpp"

namespace zmqrt::test {

namespace {

/// A libzmq DEALER that has something to say.
class client {
public:
  client(const trust& how, const std::string& endpoint,
         const std::string& word) {
    peer_.open("DEALER", how.client + json{{"linger", 0}});
    peer_.connect(endpoint);
    peer_.ask({{"do", "say"}, {"frames", {word}}});
  }
  void await(const std::string& event) {
    peer_.ask({{"do", "await"}, {"monitor", event}});
  }

private:
  peer peer_{implementation::libzmq};
};

struct asking_server {
  asking_server(io_backend backend, const trust& how)
    : ctx(make_context(backend)),
      handler(make_socket(ctx, socket_type::router)),
      server(make_socket(ctx, socket_type::dealer)) {
    handler.bind("inproc://zeromq.zap.01");
    for (const auto& [name, value] : how.server.items())
      set_named(server, name, value);
    endpoint = server.bind("tcp://127.0.0.1:*");
  }

  /// To a request, of which the ROUTER's envelope and the id come back.
  void answer(const message& request, const zap_says& what) {
    message reply;
    for (const std::size_t i : {0, 1})
      reply.push_back(request[i]);
    for (const auto& each : what.reply())
      reply.push_back(each == "$id" ? request[3].view()
                                    : std::string_view{each});
    handler.send(std::move(reply));
  }

  context ctx;
  socket handler;
  socket server;
  std::string endpoint;
};

const std::vector<trust>& all_trusts() {
  static const std::vector<trust> all{null_trust(), plain_trust(),
                                      curve_trust()};
  return all;
}

} // namespace

TEST_CASE("security: a handler may answer late, and in any order") {
  ON_EVERY(where, over_tcp());
  const auto how = GENERATE(from_range(all_trusts()));
  CAPTURE(how.name);
  asking_server at{where.backend, how};
  client one{how, at.endpoint, "one"};
  const auto first = at.handler.recv();
  client two{how, at.endpoint, "two"};
  // Asked by the same thread, which has long looked for the first answer.
  const auto second = at.handler.recv();
  at.answer(second, {"200", "second"});
  const auto from_two = at.server.recv();
  CHECK(from_two.str() == "two");
  CHECK(from_two.property("User-Id") == "second");
  CHECK_FALSE(at.server.try_recv());
  at.answer(first, {"200", "first"});
  const auto from_one = at.server.recv();
  CHECK(from_one.str() == "one");
  CHECK(from_one.property("User-Id") == "first");
}

TEST_CASE("security: one who is refused late does not touch the others") {
  ON_EVERY(where, over_tcp());
  const auto how = GENERATE(from_range(all_trusts()));
  CAPTURE(how.name);
  asking_server at{where.backend, how};
  client one{how, at.endpoint, "one"};
  const auto first = at.handler.recv();
  client two{how, at.endpoint, "two"};
  at.answer(at.handler.recv(), {"200"});
  CHECK(at.server.recv().str() == "two");
  at.answer(first, {"400"});
  one.await("handshake_failed_auth");
  CHECK_FALSE(at.server.try_recv());
}

} // namespace zmqrt::test
