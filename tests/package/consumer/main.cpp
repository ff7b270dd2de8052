// SPDX-License-Identifier: MPL-2.0
//
// An application of twenty lines: one message over inproc.

#include <cstdio>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  auto push = ctx.socket(zmqrt::socket_type::push);
  push.connect(pull.bind("inproc://consumer"));
  push.send("hello");
  const auto text = pull.recv().str();
  std::printf("%s\n", text.c_str());
  return text == "hello" ? 0 : 1;
}
