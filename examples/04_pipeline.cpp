// SPDX-License-Identifier: MPL-2.0
//
// One ventilator, three workers, one sink (RFC 30): PUSH deals the tasks out
// in turn, PULL reads from all its peers in turn.

#include <array>
#include <iostream>
#include <string>
#include <thread>

#include <zmqrt/zmqrt.hpp>

int main() {
  constexpr int tasks = 999;
  zmqrt::context ctx;
  auto ventilator = ctx.socket(zmqrt::socket_type::push);
  auto sink = ctx.socket(zmqrt::socket_type::pull);
  const auto task_endpoint = ventilator.bind("tcp://127.0.0.1:*");
  const auto result_endpoint = sink.bind("tcp://127.0.0.1:*");

  std::array<std::thread, 3> workers;
  for (auto& worker : workers)
    worker = std::thread{[&] {
      auto in = ctx.socket(zmqrt::socket_type::pull);
      auto out = ctx.socket(zmqrt::socket_type::push);
      in.connect(task_endpoint);
      out.connect(result_endpoint);
      for (;;) {
        auto task = in.recv().str();
        if (task == "stop")
          return;
        out.send(std::to_string(std::stoi(task) * 2));
      }
    }};

  for (int i = 0; i < tasks; ++i)
    ventilator.send(std::to_string(i));
  long sum = 0;
  for (int i = 0; i < tasks; ++i)
    sum += std::stol(sink.recv().str());
  // Whoever gets a stop leaves, and hands its turn on.
  for (std::size_t i = 0; i < workers.size(); ++i)
    ventilator.send("stop");
  for (auto& worker : workers)
    worker.join();
  std::cout << "sum " << sum << '\n';
  return sum == 2L * tasks * (tasks - 1) / 2 ? 0 : 1;
}
