// SPDX-License-Identifier: MPL-2.0
//
// Request and reply (RFC 28): REQ asks, REP answers whoever asked. Send and
// receive alternate; out of turn they throw errc::fsm.

#include <iostream>
#include <string>
#include <thread>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto server = ctx.socket(zmqrt::socket_type::rep);
  const auto endpoint = server.bind("tcp://127.0.0.1:*");
  std::thread serving{[&] {
    try {
      for (;;)
        server.send("hello " + server.recv().str());
    } catch (const zmqrt::error& ended) {
      if (ended.code() != zmqrt::errc::terminated)
        std::cerr << ended.what() << '\n';
    }
  }};

  auto client = ctx.socket(zmqrt::socket_type::req);
  client.set(zmqrt::option::rcvtimeo, std::chrono::seconds{5});
  client.connect(endpoint);
  std::string answer;
  for (const char* name : {"ann", "bob"}) {
    client.send(name);
    answer = client.recv().str();
    std::cout << answer << '\n';
  }
  ctx.shutdown();
  serving.join();
  return answer == "hello bob" ? 0 : 1;
}
