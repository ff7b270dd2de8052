// SPDX-License-Identifier: MPL-2.0
//
// A service of many threads: they share one ROUTER, since any thread may use a
// socket. Each takes the next request and answers it, with no broker and no
// sockets between the threads. (A REP serves one request at a time.)

#include <array>
#include <atomic>
#include <iostream>
#include <string>
#include <thread>

#include <zmqrt/zmqrt.hpp>

int main() {
  constexpr int requests = 500;
  zmqrt::context ctx;
  auto service = ctx.socket(zmqrt::socket_type::router);
  const auto endpoint = service.bind("tcp://127.0.0.1:*");

  std::array<std::thread, 4> servers;
  for (auto& each : servers)
    each = std::thread{[service]() mutable {
      try {
        for (;;) {
          auto request = service.recv(); // who, an empty frame, what
          const std::string name{request[2].view()};
          request[2] = zmqrt::frame{"hello " + name};
          service.send(std::move(request));
        }
      } catch (const zmqrt::error&) { // the context has ended
      }
    }};

  std::array<std::thread, 8> clients;
  std::atomic<int> right{0};
  for (std::size_t i = 0; i < clients.size(); ++i)
    clients[i] = std::thread{[&, i] {
      auto client = ctx.socket(zmqrt::socket_type::req);
      client.connect(endpoint);
      for (int n = 0; n < requests; ++n) {
        const auto name = std::to_string(i) + '.' + std::to_string(n);
        client.send(name);
        right += client.recv().str() == "hello " + name ? 1 : 0;
      }
    }};
  for (auto& each : clients)
    each.join();
  ctx.shutdown();
  for (auto& each : servers)
    each.join();
  std::cout << right << " right answers\n";
  return right == static_cast<int>(clients.size()) * requests ? 0 : 1;
}
