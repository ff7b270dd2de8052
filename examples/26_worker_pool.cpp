// SPDX-License-Identifier: MPL-2.0
//
// A supervised pool behind a ROUTER: workers that die are made anew. Who asked
// the worker that died, or meets one that is dying, is answered all the same.

#include <array>
#include <iostream>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>

namespace {

using handler = zmqrt::request_handler;
handler::behavior_type worker(handler::pointer self, int number) {
  return {[=](const zmqrt::message& job) -> caf::result<zmqrt::message> {
    if (job.str() != "poison")
      return zmqrt::message{job.str() + " by " + std::to_string(number)};
    self->quit(caf::sec::runtime_error);
    return caf::sec::runtime_error;
  }};
}

struct pool {
  std::array<handler, 2> workers;
  int born = 0;
};

handler::behavior_type supervisor(handler::stateful_pointer<pool> self, int) {
  auto& all = self->state;
  self->set_down_handler([self, &all](const caf::down_msg& down) {
    for (auto& each : all.workers)
      if (each.address() == down.source)
        each = self->spawn<caf::monitored>(worker, ++all.born);
  });
  for (auto& each : all.workers)
    each = self->spawn<caf::monitored>(worker, ++all.born);
  return {[=, &all, turn = 0u](const zmqrt::message& job) mutable {
    return self->delegate(all.workers[turn++ % 2], job);
  }};
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  zmqrt::context ctx{system}; // ends before the system
  auto socket = ctx.socket(zmqrt::socket_type::router);
  zmqrt::verb::serve how{system.spawn(supervisor, 1)};
  how.instead = zmqrt::message{"failed"};
  caf::anon_send(zmqrt::spawn_socket(socket), how);
  auto client = ctx.socket(zmqrt::socket_type::req);
  client.connect(socket.bind("tcp://127.0.0.1:*"));
  for (const std::string job : {"one", "poison", "two", "three"}) {
    client.send(job);
    std::cout << job << ": " << client.recv().str() << '\n';
  }
}
