// SPDX-License-Identifier: MPL-2.0
//
// An actor that watches a socket's events, and connects it elsewhere when its
// server is gone.

#include <iostream>
#include <string>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/zmqrt.hpp>

namespace {

constexpr auto lost =
  static_cast<std::uint32_t>(zmqrt::event_kind::disconnected);

/// Keeps `sock`, which is connected to `first`, busy; tells `owner` of it.
caf::behavior keeper(caf::event_based_actor* self,
                     const zmqrt::socket_actor& sock, const std::string& first,
                     const std::string& second, const caf::actor& owner) {
  self->send(sock, zmqrt::verb::monitor{caf::actor{self}, lost});
  self->request(sock, caf::infinite, zmqrt::verb::connect{first}).then([] {});
  return {[=](const zmqrt::event& what) {
    if (what.kind != zmqrt::event_kind::disconnected)
      return; // monitor_stopped: the socket is over
    std::cout << "lost " << what.remote << '\n';
    self->send(sock, zmqrt::verb::disconnect{first});
    self->request(sock, caf::infinite, zmqrt::verb::connect{second}).then([=] {
      self->send(owner, second);
    });
  }};
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  zmqrt::context ctx{system}; // ends before the system
  caf::scoped_actor self{system};

  auto one = ctx.socket(zmqrt::socket_type::pull);
  auto other = ctx.socket(zmqrt::socket_type::pull);
  const auto first = one.bind("tcp://127.0.0.1:*");
  const auto second = other.bind("tcp://127.0.0.1:*");
  auto push = zmqrt::spawn_socket(ctx, zmqrt::socket_type::push);
  system.spawn(keeper, push, first, second, caf::actor{self});

  self->send(push, zmqrt::verb::send{zmqrt::message{"to the first"}});
  std::cout << one.recv().str() << '\n';
  one.close();
  self->receive([&](const std::string& where) {
    std::cout << "now at " << (where == second ? "the second" : "?") << '\n';
  });
  self->send(push, zmqrt::verb::send{zmqrt::message{"to the second"}});
  std::cout << other.recv().str() << '\n';
}
