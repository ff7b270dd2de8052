// SPDX-License-Identifier: MPL-2.0
//
// Options are typed, durations are std::chrono's, and what is wrong is said
// at the call.

#include <chrono>
#include <iostream>

#include <zmqrt/zmqrt.hpp>

using namespace std::chrono_literals;

int main() {
  zmqrt::context ctx;
  auto pull = ctx.socket(zmqrt::socket_type::pull);
  pull.set(zmqrt::option::rcvhwm, 100);
  pull.set(zmqrt::option::linger, 0ms);
  std::cout << "RCVHWM is " << pull.get(zmqrt::option::rcvhwm) << '\n';

  int caught = 0;
  try {
    pull.set(zmqrt::option::rcvhwm, -5);
  } catch (const zmqrt::error& wrong) {
    std::cout << wrong.what() << '\n';
    caught += wrong.code() == zmqrt::errc::invalid_argument ? 1 : 0;
  }
  try {
    pull.bind("tcp://127.0.0.1:port");
  } catch (const zmqrt::error& wrong) {
    std::cout << wrong.what() << '\n';
    caught += wrong.code() == zmqrt::errc::invalid_argument ? 1 : 0;
  }
  // Nothing there yet is no error where the verb says so.
  if (!pull.try_recv() && !pull.recv_for(1ms))
    std::cout << "nothing there\n";
  return caught == 2 ? 0 : 1;
}
