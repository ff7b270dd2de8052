// SPDX-License-Identifier: MPL-2.0
//
// CURVE: everything is encrypted, the client knows the server by its public
// key, and the server knows which clients' keys it lets in. A program has its
// keys from files that `zmqrt keygen` wrote.

#include <iostream>
#include <string>

#include <zmqrt/zmqrt.hpp>

namespace {

using zmqrt::curve_octets;

zmqrt::socket make_client(zmqrt::context& ctx, const zmqrt::curve_pair& own,
                          const zmqrt::curve_public_key& server) {
  auto client = ctx.socket(zmqrt::socket_type::req);
  client.set(zmqrt::option::curve_serverkey, curve_octets(server));
  client.set(zmqrt::option::curve_publickey, curve_octets(own.public_key));
  client.set(zmqrt::option::curve_secretkey, curve_octets(own.secret_key));
  client.set(zmqrt::option::linger, std::chrono::milliseconds{0});
  return client;
}

} // namespace

int main() {
  const auto server_keys = zmqrt::curve_keypair();
  const auto ann_keys = zmqrt::curve_keypair();
  zmqrt::context ctx;
  zmqrt::auth_rules rules;
  rules.allow_key(ann_keys.public_key, "ann");
  zmqrt::set_authenticator(ctx, std::move(rules));

  auto server = ctx.socket(zmqrt::socket_type::rep);
  server.set(zmqrt::option::curve_server, true);
  server.set(zmqrt::option::curve_secretkey,
             curve_octets(server_keys.secret_key));
  const auto endpoint = server.bind("tcp://127.0.0.1:*");

  const auto other_keys = zmqrt::curve_keypair(); // not allowed
  auto stranger = make_client(ctx, other_keys, server_keys.public_key);
  auto events = stranger.monitor(
    static_cast<std::uint32_t>(zmqrt::event_kind::handshake_failed_auth));
  stranger.connect(endpoint);
  std::cout << "a stranger: " << events.recv()->value << '\n';

  auto ann = make_client(ctx, ann_keys, server_keys.public_key);
  ann.connect(endpoint);
  ann.send("who am I?");
  const auto question = server.recv();
  server.send(question.property("User-Id"));
  const auto name = ann.recv().str();
  std::cout << name << '\n';
  return name == "ann" ? 0 : 1;
}
