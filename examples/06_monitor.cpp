// SPDX-License-Identifier: MPL-2.0
//
// A monitor tells what happens to a socket's connections.

#include <iostream>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  auto events = pull.monitor();
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  {
    auto push = ctx.socket(zmqrt::socket_type::push);
    push.connect(endpoint);
    push.send("hello");
    std::cout << pull.recv().str() << '\n';
  } // the last handle closes

  while (const auto what = events.recv()) {
    std::cout << to_string(what->kind) << ' ' << what->local << '\n';
    if (what->kind == zmqrt::event_kind::disconnected)
      pull.close();
  } // ends after MONITOR_STOPPED
}
