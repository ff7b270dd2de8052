// SPDX-License-Identifier: MPL-2.0
//
// The network of a simulated world. See sim_network.hpp.

#include "transports/sim/sim_network.hpp"

#include <algorithm>
#include <utility>

#include "transports/sim/sim_acceptor.hpp"
#include "transports/sim/sim_link.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

bool is_tcp(const address& where) {
  return where.family() == AF_INET || where.family() == AF_INET6;
}

bool is_any_host(const address& where) {
  const std::string host = where.host();
  return host == "0.0.0.0" || host == "::";
}

/// Whether two tcp addresses get into each other's way.
bool overlap(const address& a, const address& b) {
  return is_tcp(a) && is_tcp(b) && a.port() == b.port()
         && (is_any_host(a) || is_any_host(b) || a == b);
}

address with_port(const address& where, std::uint16_t port) {
  auto made = address::tcp(where.host(), port);
  return made ? *std::move(made) : where;
}

} // namespace

void sim_network::silence(const std::string& endpoint, bool on) {
  world_.note(on ? "silence" : "speech", next_link_, links_.size());
  if (on) {
    silent_.insert(endpoint);
    return;
  }
  silent_.erase(endpoint);
  for (const auto& each : links_to(endpoint))
    each->release();
}

void sim_network::reset(const std::string& endpoint) {
  for (const auto& each : links_to(endpoint))
    each->strike(sim_link::fate::reset);
}

std::size_t sim_network::open_links() {
  std::size_t open = 0;
  for (const auto& each : links_)
    if (const auto link = each.lock(); link != nullptr && link->is_open())
      ++open;
  return open;
}

result<std::shared_ptr<sim_listener>>
sim_network::listen(const address& where, sim_reactor_number on,
                    const listen_options& options) {
  address bound = where;
  if (is_tcp(where) && where.port() == 0)
    bound = with_port(where, take_port(where));
  else if (is_taken(where))
    return errc::address_in_use;
  auto listener = std::make_shared<sim_listener>(world_, on, bound, options);
  listeners_.emplace(bound.endpoint(), listener);
  world_.note("listen", on, is_tcp(bound) ? bound.port() : 0);
  return listener;
}

void sim_network::unbind(const sim_listener& gone) {
  listeners_.erase(gone.local().endpoint());
}

bool sim_network::is_taken(const address& where) const {
  if (listeners_.count(where.endpoint()) != 0)
    return true;
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&where](const auto& each) {
                       return overlap(each.second->local(), where);
                     });
}

std::shared_ptr<sim_listener> sim_network::find(const address& where) const {
  if (const auto exact = listeners_.find(where.endpoint());
      exact != listeners_.end())
    return exact->second;
  for (const auto& [endpoint, listener] : listeners_)
    if (overlap(listener->local(), where))
      return listener;
  return nullptr;
}

std::uint16_t sim_network::take_port(const address& where) {
  for (;;) {
    const std::uint16_t port = next_port_;
    next_port_ = static_cast<std::uint16_t>(port == 65535 ? 49152 : port + 1);
    if (!is_taken(with_port(where, port)))
      return port;
  }
}

std::shared_ptr<sim_link> sim_network::make_link(sim_reactor_number dialing,
                                                 sim_reactor_number accepting,
                                                 const address& source,
                                                 const address& server) {
  address client = source;
  if (is_tcp(server) && (source.size() == 0 || source.port() == 0))
    client = with_port(source.size() == 0 ? server : source, take_port(server));
  auto link = std::make_shared<sim_link>(
    world_, sim_loss{next_link_++, dialing, accepting, server.endpoint()},
    client, server);
  // Dead ones are swept out now and then, in the order they came.
  if (links_.size() >= 64 && (next_link_ & 63) == 0)
    std::erase_if(links_, [](const auto& each) { return each.expired(); });
  links_.push_back(link);
  return link;
}

std::vector<std::shared_ptr<sim_link>>
sim_network::links_to(const std::string& endpoint) {
  std::vector<std::shared_ptr<sim_link>> found;
  for (const auto& each : links_)
    if (auto link = each.lock();
        link != nullptr && link->identity().server == endpoint)
      found.push_back(std::move(link));
  return found;
}

} // namespace zmqrt::transports
