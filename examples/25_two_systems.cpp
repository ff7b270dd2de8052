// SPDX-License-Identifier: MPL-2.0
//
// Two actor systems that talk over zmqrt: an actor of one asks as it would ask
// an actor beside it, with a timeout, and an actor of the other answers. Each
// system owns its context.

#include <iostream>
#include <stdexcept>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/actors/module.hpp>

namespace {

using handler = zmqrt::request_handler;

handler::behavior_type doubler(handler::pointer, int factor) {
  return {[=](const zmqrt::message& number) {
    return zmqrt::message{std::to_string(factor * std::stoi(number.str()))};
  }};
}

struct with_zmqrt : caf::actor_system_config {
  with_zmqrt() {
    zmqrt::module::add_options(custom_options_); // --zmqrt.io-threads=2
    load<zmqrt::module>();
  }
};

void fail(const caf::error& why) {
  throw std::runtime_error(zmqrt::explain(why));
}

} // namespace

int main() {
  with_zmqrt here;
  with_zmqrt there;
  caf::actor_system server{here};
  caf::actor_system client{there};
  caf::scoped_actor host{server};
  auto rep =
    zmqrt::spawn_socket(zmqrt::context_of(server), zmqrt::socket_type::rep);
  auto service = server.spawn(doubler, 2);
  std::string endpoint;
  host->send(rep, zmqrt::verb::serve{service});
  host->request(rep, caf::infinite, zmqrt::verb::bind{"tcp://127.0.0.1:*"})
    .receive([&](const std::string& bound) { endpoint = bound; }, fail);
  caf::scoped_actor self{client};
  auto req =
    zmqrt::spawn_socket(zmqrt::context_of(client), zmqrt::socket_type::req);
  self->send(req, zmqrt::verb::connect{endpoint});
  self->request(req, std::chrono::seconds{10}, zmqrt::message{"21"})
    .receive([](const zmqrt::message& got) { std::cout << got.str() << '\n'; },
             fail);
  // A system waits for its actors, and a socket refers to who serves it.
  host->send_exit(rep, caf::exit_reason::user_shutdown);
}
