// SPDX-License-Identifier: MPL-2.0
//
// PLAIN: a user's name and password, which ready-made rules decide about, and
// each message says whose it is. Nothing is encrypted: for networks that can be
// trusted.

#include <iostream>
#include <string>

#include <zmqrt/zmqrt.hpp>

namespace {

zmqrt::socket make_client(zmqrt::context& ctx, const std::string& user,
                          const std::string& password) {
  auto client = ctx.socket(zmqrt::socket_type::push);
  client.set(zmqrt::option::plain_username, user);
  client.set(zmqrt::option::plain_password, password);
  client.set(zmqrt::option::linger, std::chrono::milliseconds{0});
  return client;
}

} // namespace

int main() {
  zmqrt::context ctx;
  zmqrt::auth_rules rules;
  rules.add_user("ann", "open sesame").allow_address("127.0.0.0/8");
  zmqrt::set_authenticator(ctx, std::move(rules));

  auto server = ctx.socket(zmqrt::socket_type::pull);
  server.set(zmqrt::option::plain_server, true);
  const auto endpoint = server.bind("tcp://127.0.0.1:*");

  auto stranger = make_client(ctx, "ann", "open barley");
  auto events = stranger.monitor(
    static_cast<std::uint32_t>(zmqrt::event_kind::handshake_failed_auth));
  stranger.connect(endpoint);
  stranger.send("let me in"); // it waits, and goes nowhere
  const auto refused = events.recv();
  std::cout << "status " << refused->value << '\n';

  auto ann = make_client(ctx, "ann", "open sesame");
  ann.connect(endpoint);
  ann.send("it is me");
  const auto got = server.recv();
  std::cout << got.property("User-Id") << ": " << got.str() << '\n';
  return got.property("User-Id") == "ann" && got.str() == "it is me"
             && refused->value == 400
           ? 0
           : 1;
}
