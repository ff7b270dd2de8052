// SPDX-License-Identifier: MPL-2.0
//
// A message is one or more frames. It arrives whole, or not at all.

#include <iostream>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  auto push = ctx.socket(zmqrt::socket_type::push);
  push.connect(pull.bind("ipc://*"));

  zmqrt::message order{"order", "42"};
  order.push_back("two crates of oranges");
  push.send(std::move(order));

  const auto got = pull.recv();
  for (std::size_t i = 0; i < got.size(); ++i)
    std::cout << i << ": " << got[i].view() << '\n';
  return got.size() == 3 ? 0 : 1;
}
