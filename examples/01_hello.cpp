// SPDX-License-Identifier: MPL-2.0
//
// The shortest program: one message from PUSH to PULL over tcp.

#include <iostream>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  auto push = ctx.socket(zmqrt::socket_type::push);
  push.connect(pull.bind("tcp://127.0.0.1:*"));
  push.send("hello");
  std::cout << pull.recv().str() << '\n';
}
