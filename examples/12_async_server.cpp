// SPDX-License-Identifier: MPL-2.0
//
// An asynchronous server: clients have many requests on their way at once, and
// a pool of workers answers them in any order. DEALER and ROUTER take no turns.

#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <zmqrt/zmqrt.hpp>

namespace {

void work(zmqrt::context& ctx) try {
  auto worker = ctx.socket(zmqrt::socket_type::dealer);
  worker.connect("inproc://workers");
  for (;;) {
    auto task = worker.recv(); // the client's routing id, then a number
    const auto number = std::stol(std::string{task[1].view()});
    task[1] = zmqrt::frame{std::to_string(number * number)};
    worker.send(std::move(task));
  }
} catch (const zmqrt::error&) { // the context has ended
}

} // namespace

int main() {
  constexpr long requests = 500; // below SNDHWM, so that none is dropped
  zmqrt::context ctx;
  auto frontend = ctx.socket(zmqrt::socket_type::router);
  auto backend = ctx.socket(zmqrt::socket_type::dealer);
  const auto endpoint = frontend.bind("tcp://127.0.0.1:*");
  backend.bind("inproc://workers");
  std::vector<std::thread> threads;
  threads.emplace_back([&] { zmqrt::proxy(frontend, backend); });
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(work, std::ref(ctx));

  std::vector<zmqrt::socket> clients(3);
  for (auto& client : clients) {
    client = ctx.socket(zmqrt::socket_type::dealer);
    client.set(zmqrt::option::rcvtimeo, std::chrono::seconds{20});
    client.connect(endpoint);
    for (long n = 0; n < requests; ++n) // without waiting for an answer
      client.send(std::to_string(n));
  }
  std::vector<long> sums(clients.size());
  for (std::size_t i = 0; i < clients.size(); ++i)
    for (long n = 0; n < requests; ++n)
      sums[i] += std::stol(clients[i].recv().str());
  ctx.shutdown();
  for (auto& each : threads)
    each.join();
  std::cout << "sum of squares: " << sums[0] << '\n';
  const long right = (requests - 1) * requests * (2 * requests - 1) / 6;
  return sums == std::vector<long>(clients.size(), right) ? 0 : 1;
}
