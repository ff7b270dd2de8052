// SPDX-License-Identifier: MPL-2.0
//
// What is known of the sender of a message once a handler has let it in:
// User-Id, the handler's metadata, and the peer's own, beside zmq_msg_gets(3)
// of libzmq 4.3.4 in a process of its own.

#include "tests/interop/security/scenario.hpp"

namespace zmqrt::test {

namespace {

struct introduced {
  std::string name;
  json server;
  json client;
};

std::vector<introduced> mechanisms() {
  return {{"NULL", {{"zap_domain", "global"}}, null_options()},
          {"PLAIN", plain_server(), plain_client()},
          {"CURVE", curve_server(), curve_client()}};
}

/// What either end knows of a message of the other's.
struct known {
  json by_server;
  json by_client;
};

/// Not Routing-Id, which libzmq only calls Identity. The letters' case is as
/// said: here it does not matter.
const std::vector<std::string> names{"User-Id",      "Color",      "Size",
                                     "Empty",        "Nothing",    "Identity",
                                     "Peer-Address", "Socket-Type"};

/// On ipc the address ends in the number of the peer's process.
void forget_process(json& all) {
  auto& address = all.at("Peer-Address").get_ref<std::string&>();
  address.erase(address.rfind(':'));
}

known introduce(const zap_script& script, const std::string& transport,
                side& server, side& client) {
  const temporary_directory directory;
  server.handle_zap(script);
  client.connect(server.bind(fresh_endpoint(transport, directory)));
  client.offer("hello");
  known found;
  found.by_server = server.hear_about(names);
  server.offer("welcome");
  found.by_client = client.hear_about(names);
  if (transport == "ipc") {
    forget_process(found.by_server);
    forget_process(found.by_client);
  }
  return found;
}

void require_equal(const place& where, const introduced& who,
                   const zap_script& script) {
  CAPTURE(where, who.name);
  const auto server = who.server + json{{"routing_id", "us"}};
  const auto client = who.client + json{{"routing_id", "them"}};
  const auto play = [&](auto&& serves, auto&& calls) {
    return introduce(script, where.transport, *serves, *calls);
  };
  const auto wanted = play(libzmq_side(server), libzmq_side(client));
  const auto serving =
    play(our_side(where.backend, server), libzmq_side(client));
  const auto calling =
    play(libzmq_side(server), our_side(where.backend, client));
  CHECK(serving.by_server == wanted.by_server);
  CHECK(serving.by_client == wanted.by_client);
  CHECK(calling.by_server == wanted.by_server);
  CHECK(calling.by_client == wanted.by_client);
}

} // namespace

TEST_CASE("security: messages carry their sender's name and metadata") {
  ON_EVERY(where, wires());
  const auto metadata = zap_property("Color", "red") + zap_property("Size", "7")
                        + zap_property("Empty", "");
  for (const auto& who : mechanisms())
    require_equal(where, who, rep_says(zap_says{"200", "anna", metadata}));
}

TEST_CASE("security: a handler need not say who it was") {
  ON_EVERY(where, wires());
  for (const auto& who : mechanisms())
    require_equal(where, who, rep_says(zap_says{"200"}));
}

TEST_CASE("security: a handler's metadata and the peer's own") {
  ON_EVERY(where, over_tcp());
  const auto metadata = zap_property("Peer-Address", "10.0.0.1")
                        + zap_property("User-Id", "bob")
                        + zap_property("Color", "blue");
  for (const auto& who : mechanisms())
    require_equal(where, who, rep_says(zap_says{"200", "anna", metadata}));
}

} // namespace zmqrt::test
