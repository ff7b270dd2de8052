// SPDX-License-Identifier: MPL-2.0
//
// Two threads that talk over inproc. Connect before bind works, and a handle
// may be copied into any thread.

#include <iostream>
#include <string>
#include <thread>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto asking = ctx.socket(zmqrt::socket_type::pair);
  asking.connect("inproc://adder");

  auto answering = ctx.socket(zmqrt::socket_type::pair);
  answering.bind("inproc://adder");
  std::thread worker{[answering]() mutable {
    const auto terms = answering.recv();
    const int sum = std::stoi(std::string{terms[0].view()})
                    + std::stoi(std::string{terms[1].view()});
    answering.send(std::to_string(sum));
  }};

  asking.send(zmqrt::message{"19", "23"});
  const auto sum = asking.recv().str();
  std::cout << "19 + 23 = " << sum << '\n';
  worker.join();
  return sum == "42" ? 0 : 1;
}
