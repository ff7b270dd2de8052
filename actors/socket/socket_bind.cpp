// SPDX-License-Identifier: MPL-2.0
//
// How a socket actor binds and unbinds.

#include <algorithm>

#include "actors/context/context_core.hpp"
#include "actors/listener/listener.hpp"
#include "actors/session/engine_setup.hpp"
#include "actors/socket/answers.hpp"
#include "actors/socket/ipc_path.hpp"
#include "actors/socket/socket_actor.hpp"

namespace zmqrt::actors {

namespace {

constexpr auto no_bind = "a socket of this type does not bind there";

} // namespace

caf::result<answer> socket_actor::handle_bind(const std::string& text) {
  if (closing_)
    return refused(errc::not_a_socket, text, "the socket is closing");
  auto where = parse_endpoint(text, endpoint_use::bind);
  if (!where)
    return refused(where.why(), text);
  if (!goes_with(where->transport, core_->type(), endpoint_use::bind))
    return refused(errc::no_compatible_protocol, text, no_bind);
  switch (where->transport) {
  case transport_kind::inproc:
    return bind_inproc(*where);
  case transport_kind::ipc: {
    if (where->any_path)
      where->path = fresh_ipc_path(loop().random());
    auto address = transports::address::ipc(where->path, where->abstract);
    if (!address)
      return refused(address.why(), text);
    return listen_on(*where, {*address});
  }
  case transport_kind::tcp:
  case transport_kind::udp:
    break;
  }
  return start_resolving(std::move(*where), endpoint_use::bind);
}

answer socket_actor::bind_inproc(const endpoint& where) {
  if (core_->door()->options().raw_peers(core_->type()))
    return refused(errc::no_compatible_protocol, where.text,
                   "only tcp and ipc have peers without ZMTP");
  if (auto code = core_->home()->inproc().bind(where.name, core_->door()))
    return refused(code, where.text, "another socket has this name");
  bound_.push_back({where.text, where.text, {}, where.name, {}});
  core_->set_last_endpoint(where.text);
  return {0, where.text, {}};
}

caf::result<answer> socket_actor::start_resolving(endpoint&& where,
                                                  endpoint_use use) {
  const bool ipv6 = core_->door()->options().ipv6;
  transports::resolve_query query;
  query.host = where.remote.host;
  if (where.remote.any_host)
    query.host = ipv6 ? "::" : "0.0.0.0";
  query.port = where.remote.port;
  query.ipv6 = ipv6;
  query.passive = use == endpoint_use::bind;
  const auto number = next_pending_++;
  auto reply = make_response_promise<answer>();
  pending_.push_back({number, std::move(where), use, reply, nullptr});
  pending_.back().resolution =
    loop().resolve(query, [this, number](auto found) {
      enter([&] { on_resolved(number, std::move(found)); });
    });
  return reply;
}

void socket_actor::on_resolved(std::uint64_t number,
                               result<std::vector<transports::address>> found) {
  const auto it =
    std::find_if(pending_.begin(), pending_.end(),
                 [&](const auto& pending) { return pending.number == number; });
  if (it == pending_.end())
    return;
  auto pending = std::move(*it);
  pending_.erase(it);
  if (!found || found->empty()) {
    const auto why = found ? failure{make_error_code(errc::no_such_device),
                                     "no such interface or address"}
                           : found.why();
    if (pending.use == endpoint_use::bind)
      bind_failed(pending.where, why.code);
    pending.reply.deliver(refused(why, pending.where.text));
    return;
  }
  pending.reply.deliver(pending.where.transport == transport_kind::udp
                          ? open_datagram(pending, *found)
                          : listen_on(pending.where, *found));
}

void socket_actor::bind_failed(const endpoint& where, std::error_code why) {
  core_->events()->publish(
    {event_kind::bind_failed, why.value(), where.text, {}, 0});
}

answer
socket_actor::listen_on(const endpoint& where,
                        const std::vector<transports::address>& addresses) {
  auto setup = blueprint({});
  if (const char* const missing = secure(setup))
    return refused(errc::invalid_argument, where.text, missing);
  setup.accepted = true;
  transports::listen_options options;
  options.backlog = setup.options->backlog;
  options.use_fd = setup.options->use_fd;
  options.stream = make_stream_options(*setup.options);
  failure why;
  for (const auto& address : addresses) {
    auto door = loop().listen(address, options);
    if (!door) {
      why = door.why();
      continue;
    }
    if (options.use_fd >= 0)
      forget_descriptor(options.use_fd);
    setup.endpoint = (*door)->local().endpoint();
    const auto text = setup.endpoint;
    auto child = spawn_pinned<listener>(unit(), std::move(setup),
                                        std::move(*door), socket_handle{this});
    monitor(child);
    bound_.push_back({text, where.text, child, {}, {}});
    core_->set_last_endpoint(text);
    core_->events()->publish({event_kind::listening, -1, text, {}, 0});
    return {0, text, {}};
  }
  bind_failed(where, why.code);
  return refused(why, where.text);
}

/// The descriptor is the listener's now: no other bind may use it.
void socket_actor::forget_descriptor(int fd) {
  core_->door()->change_options(
    [](socket_options& in, void* taken) {
      if (in.use_fd == *static_cast<int*>(taken))
        in.use_fd = -1;
    },
    &fd);
}

caf::result<answer> socket_actor::handle_unbind(const std::string& text) {
  const auto it =
    std::find_if(bound_.begin(), bound_.end(), [&](const auto& entry) {
      return entry.text == text || entry.asked == text;
    });
  if (it == bound_.end())
    return refused(errc::no_such_endpoint, text,
                   "the socket is not bound to it");
  if (!it->child) {
    auto code = core_->home()->inproc().unbind(it->inproc_name, core_->door());
    bound_.erase(it);
    return code ? refused(code, text) : answer{0, text, {}};
  }
  auto reply = make_response_promise<answer>();
  it->unbinders.push_back(reply);
  send(it->child, stop_listening{});
  return reply;
}

} // namespace zmqrt::actors
