// SPDX-License-Identifier: MPL-2.0
//
// Many messages per call, for when every nanosecond counts.

#include <iostream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <zmqrt/zmqrt.hpp>

int main() {
  constexpr std::size_t total = 100'000;
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  auto push = ctx.socket(zmqrt::socket_type::push);
  push.connect(pull.bind("tcp://127.0.0.1:*"));

  std::thread sender{[push]() mutable {
    for (std::size_t next = 0; next < total;) {
      std::vector<zmqrt::message> some;
      for (; some.size() < 256 && next < total; ++next)
        some.emplace_back(std::to_string(next));
      // Takes the first that fit; the rest is still ours.
      for (std::size_t sent = 0; sent < some.size();)
        sent += push.send_batch(std::span{some}.subspan(sent));
    }
  }};

  std::vector<zmqrt::message> some;
  std::size_t received = 0;
  bool in_order = true;
  while (received < total) {
    pull.recv_batch(some, 256);
    for (const auto& each : some)
      in_order &= each.str() == std::to_string(received++);
  }
  sender.join();
  std::cout << received << " messages\n";
  return in_order ? 0 : 1;
}
