// SPDX-License-Identifier: MPL-2.0
//
// An actor that serves: what comes to the ROUTER reaches its message handler,
// and what that answers goes back to who asked. The clients need not know.

#include <iostream>
#include <stdexcept>
#include <string>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/zmqrt.hpp>

namespace {

using handler = zmqrt::request_handler;

handler::behavior_type greeter(handler::stateful_pointer<int> self,
                               const std::string& greeting) {
  self->state = 0;
  return {[=](const zmqrt::message& name) {
    ++self->state;
    return zmqrt::message{greeting + " " + name.str() + ", you are number "
                          + std::to_string(self->state)};
  }};
}

void fail(const caf::error& why) {
  throw std::runtime_error(zmqrt::explain(why));
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  zmqrt::context ctx{system}; // ends before the system
  caf::scoped_actor self{system};

  auto router = zmqrt::spawn_socket(ctx, zmqrt::socket_type::router);
  auto service = system.spawn(greeter, "Hello");
  std::string endpoint;
  self->request(router, caf::infinite, zmqrt::verb::serve{service})
    .receive([] {}, fail);
  self->request(router, caf::infinite, zmqrt::verb::bind{"tcp://127.0.0.1:*"})
    .receive([&](const std::string& bound) { endpoint = bound; }, fail);

  auto client = ctx.socket(zmqrt::socket_type::req);
  client.connect(endpoint);
  std::string last;
  for (const char* name : {"Ada", "Grace", "Barbara"}) {
    client.send(name);
    last = client.recv().str();
    std::cout << last << '\n';
  }
  return last == "Hello Barbara, you are number 3" ? 0 : 1;
}
