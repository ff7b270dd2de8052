// SPDX-License-Identifier: MPL-2.0
//
// One thread, several sockets: a poller tells which of them can be read. A
// ROUTER's messages begin with the name of the peer, which is also how it is
// answered.

#include <iostream>
#include <string>

#include <zmqrt/zmqrt.hpp>

int main() {
  zmqrt::context ctx;
  auto requests = ctx.socket(zmqrt::socket_type::router);
  auto events = ctx.socket(zmqrt::socket_type::pull);
  auto asking = ctx.socket(zmqrt::socket_type::dealer);
  auto telling = ctx.socket(zmqrt::socket_type::push);
  asking.set(zmqrt::option::rcvtimeo, std::chrono::seconds{5});
  asking.connect(requests.bind("tcp://127.0.0.1:*"));
  telling.connect(events.bind("tcp://127.0.0.1:*"));
  asking.send("what time is it?");
  telling.send("it is late");

  zmqrt::poller either;
  either.add(requests, zmqrt::poll_events::in);
  either.add(events, zmqrt::poll_events::in);
  for (int handled = 0; handled < 2;)
    for (auto& ready : either.wait(std::chrono::seconds{5})) {
      auto what = ready.socket.recv();
      if (ready.socket == requests) {
        what[1] = zmqrt::frame{"time to go"};
        requests.send(std::move(what));
      } else {
        std::cout << "event: " << what.str() << '\n';
      }
      ++handled;
    }
  const auto answer = asking.recv().str();
  std::cout << "answer: " << answer << '\n';
  return answer == "time to go" ? 0 : 1;
}
