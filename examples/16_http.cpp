// SPDX-License-Identifier: MPL-2.0
//
// STREAM: plain tcp connections, here an HTTP exchange at both ends. A message
// is the peer's id and some bytes; no bytes at all say that it has come or
// gone, and sent they close the connection.

#include <iostream>
#include <string>
#include <thread>

#include <zmqrt/zmqrt.hpp>

namespace {

void send(zmqrt::socket& from, std::string_view id, std::string_view bytes) {
  zmqrt::message what{id};
  what.push_back(bytes);
  from.send(std::move(what));
}

void serve_one(zmqrt::socket server) {
  std::string request;
  for (;;) {
    const auto got = server.recv();
    request += got[1].view(); // nothing when the client comes
    if (request.find("\r\n\r\n") == std::string::npos)
      continue; // the rest is still to come
    send(server, got[0].view(), "HTTP/1.0 200 OK\r\n\r\nHello, World!\n");
    send(server, got[0].view(), ""); // behind what was sent before
    return;
  }
}

} // namespace

int main() {
  zmqrt::context ctx;
  auto server = ctx.socket(zmqrt::socket_type::stream);
  auto client = ctx.socket(zmqrt::socket_type::stream);
  const auto endpoint = server.bind("tcp://127.0.0.1:*");
  std::thread serving(serve_one, server);

  client.connect(endpoint);
  const auto id = client.get(zmqrt::option::routing_id); // of this connect
  send(client, id, "GET / HTTP/1.0\r\n\r\n");
  (void)client.recv(); // the connection is there
  std::string page;
  for (auto got = client.recv(); got[1].size() != 0; got = client.recv())
    page += got[1].view();
  std::cout << page;
  serving.join();
  return page.ends_with("Hello, World!\n") ? 0 : 1;
}
