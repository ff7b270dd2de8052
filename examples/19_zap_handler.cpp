// SPDX-License-Identifier: MPL-2.0
//
// A ZAP handler (RFC 27), as programs have them for libzmq: a REP at
// inproc://zeromq.zap.01 that is asked about each peer amid its handshake.

#include <iostream>
#include <string_view>
#include <thread>

#include <zmqrt/zmqrt.hpp>

namespace {

/// Frames of a request: version, request id, domain, address, identity,
/// mechanism, and PLAIN's name and password.
zmqrt::message answer(const zmqrt::message& request) {
  const bool welcome = request.size() == 8 && request[2].view() == "office"
                       && request[5].view() == "PLAIN"
                       && request[6].view() == "ann"
                       && request[7].view() == "open sesame";
  return {request[0].view(),       request[1].view(),
          welcome ? "200" : "400", welcome ? "OK" : "who?",
          welcome ? "ann" : "",    ""}; // user id, metadata
}

void handle_zap(zmqrt::socket handler) try {
  for (;;)
    handler.send(answer(handler.recv()));
} catch (const zmqrt::error&) { // the context has ended
}

} // namespace

int main() {
  zmqrt::context ctx;
  auto handler = ctx.socket(zmqrt::socket_type::rep);
  handler.bind("inproc://zeromq.zap.01");
  std::thread handling(handle_zap, handler);

  auto server = ctx.socket(zmqrt::socket_type::pull);
  server.set(zmqrt::option::plain_server, true);
  server.set(zmqrt::option::zap_domain, "office");
  auto client = ctx.socket(zmqrt::socket_type::push);
  client.set(zmqrt::option::plain_username, "ann");
  client.set(zmqrt::option::plain_password, "open sesame");
  client.connect(server.bind("tcp://127.0.0.1:*"));
  client.send("hello");
  const auto got = server.recv();
  std::cout << got.property("User-Id") << ": " << got.str() << '\n';
  ctx.shutdown();
  handling.join();
  return got.property("User-Id") == "ann" ? 0 : 1;
}
