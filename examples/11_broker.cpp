// SPDX-License-Identifier: MPL-2.0
//
// A broker: clients ask at one end, any number of workers answer at the other,
// and neither knows the other. The proxy between them runs on a thread of its
// own, until it is told to end.

#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <zmqrt/zmqrt.hpp>

int main() {
  using zmqrt::socket_type;
  zmqrt::context ctx;
  auto clients = ctx.socket(socket_type::router);
  auto workers = ctx.socket(socket_type::dealer);
  auto control = ctx.socket(socket_type::pair);
  auto controller = ctx.socket(socket_type::pair);
  const auto front = clients.bind("tcp://127.0.0.1:*");
  const auto back = workers.bind("inproc://workers");
  controller.connect(control.bind("inproc://control"));
  std::thread broker(
    [&] { zmqrt::proxy_steerable(clients, workers, {}, control); });

  std::vector<std::thread> pool;
  for (const char* name : {"ann", "bob"})
    pool.emplace_back([&ctx, &back, name] {
      auto worker = ctx.socket(socket_type::rep);
      worker.connect(back);
      for (auto task = worker.recv().str(); task != "end";
           task = worker.recv().str())
        worker.send(task + ", says " + name);
      worker.send("bye");
    });

  auto client = ctx.socket(socket_type::req);
  client.connect(front);
  const auto ask = [&client](const char* what) {
    client.send(what);
    return client.recv().str();
  };
  for (const char* task : {"one", "two", "three", "end", "end"})
    std::cout << ask(task) << '\n';
  for (auto& each : pool)
    each.join();
  controller.send("TERMINATE");
  broker.join();
}
