// SPDX-License-Identifier: MPL-2.0
//
// An actor that publishes. Its XPUB tells it who wants what, so that it begins
// when somebody is there; and it ends with its socket.

#include <iostream>
#include <stdexcept>
#include <string>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/zmqrt.hpp>

namespace {

caf::behavior weather_station(caf::event_based_actor* self,
                              const zmqrt::socket_actor& out) {
  self->monitor(out);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  // Subscriptions come as messages: 1 and the topic, or 0 and the topic.
  self->send(out, zmqrt::verb::receive{caf::actor{self}});
  return {[=](const zmqrt::message& wish) {
    const auto text = wish.str();
    if (text.empty() || text[0] != '\1')
      return;
    const auto town = text.substr(1);
    for (const char* report : {"rain", "wind", "sun"})
      self->send(out, zmqrt::verb::send{zmqrt::message{town, report}});
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

  auto out = zmqrt::spawn_socket(ctx, zmqrt::socket_type::xpub);
  std::string endpoint;
  self->request(out, caf::infinite, zmqrt::verb::bind{"tcp://127.0.0.1:*"})
    .receive([&](const std::string& bound) { endpoint = bound; }, fail);
  system.spawn(weather_station, out);

  auto reader = ctx.socket(zmqrt::socket_type::sub);
  reader.subscribe("Oslo");
  reader.connect(endpoint);
  std::string last;
  while (last != "sun") {
    const auto got = reader.recv();
    last = got[1].view();
    std::cout << got[0].view() << ": " << last << '\n';
  }
}
