// SPDX-License-Identifier: MPL-2.0
//
// Publish and subscribe (RFC 29): the first frame is the topic. An XPUB hears
// of subscriptions, so nothing is published before somebody listens.

#include <iostream>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto weather = ctx.socket(zmqrt::socket_type::xpub);
  auto listener = ctx.socket(zmqrt::socket_type::sub);
  listener.set(zmqrt::option::rcvtimeo, std::chrono::seconds{5});
  listener.subscribe("berlin");
  listener.connect(weather.bind("tcp://127.0.0.1:*"));

  // One octet 1, then the topic.
  const auto wish = weather.recv();
  std::cout << "wanted: " << wish[0].view().substr(1) << '\n';
  weather.send(zmqrt::message{"paris", "rain"}); // nobody wants it
  weather.send(zmqrt::message{"berlin", "sun"});

  const auto heard = listener.recv();
  std::cout << heard[0].view() << ": " << heard[1].view() << '\n';
  return heard[1].view() == "sun" ? 0 : 1;
}
