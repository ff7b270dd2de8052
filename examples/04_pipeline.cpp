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
      try {
        auto in = ctx.socket(zmqrt::socket_type::pull);
        auto out = ctx.socket(zmqrt::socket_type::push);
        in.connect(task_endpoint);
        out.connect(result_endpoint);
        for (;;)
          out.send(std::to_string(std::stoi(in.recv().str()) * 2));
      } catch (const zmqrt::error& ended) {
        if (ended.code() != zmqrt::errc::terminated)
          std::cerr << ended.what() << '\n';
      }
    }};

  for (int i = 0; i < tasks; ++i)
    ventilator.send(std::to_string(i));
  long sum = 0;
  for (int i = 0; i < tasks; ++i)
    sum += std::stol(sink.recv().str());
  // A message cannot tell each worker to stop: PUSH deals to those who are
  // connected by now. The end of the context reaches all of them.
  ctx.shutdown();
  for (auto& worker : workers)
    worker.join();
  std::cout << "sum " << sum << '\n';
  return sum == 2L * tasks * (tasks - 1) / 2 ? 0 : 1;
}
