// SPDX-License-Identifier: MPL-2.0
//
// The socket actor: its behavior, connecting, and its children's ends.
// Binding is in socket_bind.cpp, closing in socket_close.cpp.

#include "actors/socket/socket_actor.hpp"

#include <algorithm>

#include "actors/connector/connector.hpp"
#include "actors/connector/source.hpp"
#include "actors/context/context_core.hpp"
#include "actors/socket/answers.hpp"
#include "libzmqrt/options/option_table.hpp"
#include "libzmqrt/patterns/server.hpp"

namespace zmqrt::actors {

namespace {

constexpr auto one_peer = "the socket has the one peer that its type allows";
constexpr auto only_peer = "only a PEER has routing ids of its connects";
constexpr auto not_immediate =
  "with IMMEDIATE there is no pipe to have a routing id";
constexpr auto no_connect = "a socket of this type does not connect there";
constexpr auto raw_inproc = "only tcp and ipc have peers without ZMTP";
constexpr auto taken = "another peer has the routing id of CONNECT_ROUTING_ID";

} // namespace

socket_actor::socket_actor(caf::actor_config& config, reactor_unit& unit,
                           std::shared_ptr<socket_core> core,
                           context_handle parent)
  : pinned(config, unit), core_(std::move(core)), parent_(std::move(parent)),
    linger_timer_(this,
                  [](void* self) {
                    auto* me = static_cast<socket_actor*>(self);
                    me->enter([me] { me->stop_lingering(); });
                  }),
    cookies_(std::make_shared<cookie_jar>(unit.shared_loop())) {
}

socket_actor::~socket_actor() = default;

socket_actor::behavior_type socket_actor::make_behavior() {
  monitor(parent_);
  set_down_handler([this](caf::down_msg& down) { handle_down(down); });
  return {
    [this](const bind_endpoint& what) { return handle_bind(what.text); },
    [this](const unbind_endpoint& what) { return handle_unbind(what.text); },
    [this](const connect_endpoint& what) { return handle_connect(what); },
    [this](const disconnect_endpoint& what) {
      return handle_disconnect(what.text);
    },
    [this](close_socket how) { return handle_close(how.linger_ms); },
    [this](const session_handle& child) { handle_session(child); },
  };
}

connection_setup socket_actor::blueprint(std::string text) {
  connection_setup setup;
  setup.loop = unit().shared_loop();
  setup.door = core_->door();
  setup.events = core_->events();
  setup.options =
    std::make_shared<const socket_options>(core_->door()->options());
  setup.type = core_->type();
  setup.endpoint = std::move(text);
  return setup;
}

const char* socket_actor::secure(connection_setup& setup) {
  const security_options& options = setup.options->security;
  if (const char* const missing = missing_for_mechanism(options))
    return missing;
  setup.security = make_security_setup(options, cookies_);
  setup.decides = core_->home()->decides();
  setup.names = &core_->home()->inproc();
  return nullptr;
}

// -- connecting ---------------------------------------------------------------

caf::result<answer> socket_actor::handle_connect(const connect_endpoint& what) {
  const std::string& text = what.text;
  if (closing_)
    return refused(errc::not_a_socket, text, "the socket is closing");
  auto where = parse_endpoint(text, endpoint_use::connect);
  if (!where)
    return refused(where.why(), text);
  if (!goes_with(where->transport, core_->type(), endpoint_use::connect))
    return refused(errc::no_compatible_protocol, text, no_connect);
  if (what.want_routing_id) {
    const gate& door = *core_->door();
    if (core_->type() != socket_type::peer)
      return refused(errc::not_supported, text, only_peer);
    if (door.options().immediate)
      return refused(errc::invalid_argument, text, not_immediate);
    const auto route = patterns::route_of_name(core_->door()->reserve_name());
    answer result = start_connecting(std::move(*where));
    result.routing_id = route;
    return result;
  }
  if (where->transport == transport_kind::udp)
    return start_resolving(std::move(*where), endpoint_use::connect);
  return start_connecting(std::move(*where));
}

answer socket_actor::start_connecting(endpoint&& where) {
  const std::string text = where.text;
  if (where.transport == transport_kind::inproc) {
    if (core_->door()->options().raw_peers(core_->type()))
      return refused(errc::no_compatible_protocol, text, raw_inproc);
    auto code = core_->home()->inproc().connect(where.name, core_->door());
    if (code == errc::connection_refused)
      return refused(code, text, "the socket types do not go together");
    if (code == errc::invalid_argument)
      return refused(code, text, one_peer);
    if (code)
      return refused(code, text);
    connected_.push_back({text, {}, where.name});
    core_->set_last_endpoint(text);
    return {0, text, {}, 0};
  }
  if (repeats(text))
    return {0, text, {}, 0};
  auto setup = blueprint(text);
  if (const char* const missing = secure(setup))
    return refused(errc::invalid_argument, text, missing);
  if (where.transport == transport_kind::tcp)
    if (const auto why = check_socks_proxy(setup.options->socks_proxy))
      return refused(*why, text);
  const auto& source = where.source;
  if (source.present && !source.any_host) {
    auto found = look_up_source(loop(), source, setup.options->ipv6);
    if (!found)
      return refused(found.why(), text);
  }
  if (!setup.options->immediate) {
    pipe_setup first = core_->door()->connect_setup();
    const bool named = !first.name.empty();
    setup.pipe = core_->door()->attach(std::move(first));
    if (auto why = core_->door()->failure(); why && !setup.pipe)
      return refused(why, text); // shut down meanwhile
    if (!setup.pipe)
      return refused(errc::invalid_argument, text, named ? taken : one_peer);
  }
  connected_endpoint made{text, {}, {}};
  if (setup.pipe)
    made.pipe.emplace(*setup.pipe, core_->door()->serial_of(*setup.pipe));
  auto child = spawn_pinned<connector>(unit(), std::move(setup),
                                       std::move(where), socket_handle{this});
  monitor(child);
  made.child = child;
  connected_.push_back(std::move(made));
  core_->set_last_endpoint(text);
  return {0, text, {}, 0};
}

bool socket_actor::repeats(const std::string& text) const {
  // zmq_connect(3): of these a second connection would be of no use.
  const socket_type type = core_->type();
  const bool once = type == socket_type::dealer || type == socket_type::sub
                    || type == socket_type::pub || type == socket_type::req;
  return once && core_->door()->options().as_libzmq
         && std::any_of(connected_.begin(), connected_.end(),
                        [&](const auto& entry) { return entry.text == text; });
}

answer socket_actor::handle_disconnect(const std::string& text) {
  const auto it =
    std::find_if(connected_.begin(), connected_.end(),
                 [&](const auto& entry) { return entry.text == text; });
  if (it == connected_.end())
    return refused(errc::no_such_endpoint, text,
                   "the socket is not connected to it");
  auto gone = std::move(*it);
  connected_.erase(it);
  if (!gone.child) {
    const auto linger_ms = core_->door()->options().linger.count();
    std::vector<wish_id> left;
    auto code = core_->home()->inproc().disconnect(
      gone.inproc_name, core_->door(), linger_ms == 0 ? nullptr : &left);
    look_after(left, linger_ms);
    return code ? refused(code, text, "the link is gone")
                : answer{0, text, {}, 0};
  }
  // Now, not when the connector comes to it: what is sent behind this call is
  // not meant for that peer.
  if (gone.pipe)
    core_->door()->stop_sending(gone.pipe->first, gone.pipe->second);
  leaving_.push_back(gone.child);
  send(gone.child, stop_connecting{core_->door()->options().linger.count()});
  // libzmq ends all that were connected there by this text.
  const auto same = [&](const auto& entry) { return entry.text == text; };
  if (core_->door()->options().as_libzmq
      && std::any_of(connected_.begin(), connected_.end(), same))
    return handle_disconnect(text);
  return {0, text, {}, 0};
}

// -- children -----------------------------------------------------------------

void socket_actor::handle_session(const session_handle& child) {
  monitor(child);
  sessions_.emplace(child.address(), child);
  if (closing_)
    send(child, drain_session{});
}

void socket_actor::handle_down(const caf::down_msg& down) {
  if (parent_ && down.source == parent_.address()) {
    core_->door()->fail(make_error_code(errc::terminated));
    core_->door()->discard();
    quit(down.reason);
    return;
  }
  const auto same = [&](const auto& entry) {
    return entry.child && entry.child.address() == down.source;
  };
  sessions_.erase(down.source);
  std::erase_if(connected_, same);
  std::erase_if(leaving_, [&](const auto& child) {
    return child.address() == down.source;
  });
  if (const auto it = std::find_if(bound_.begin(), bound_.end(), same);
      it != bound_.end()) {
    auto gone = std::move(*it);
    bound_.erase(it);
    for (auto& reply : gone.unbinders)
      reply.deliver(answer{0, gone.text, {}, 0});
    listeners_gone();
  }
  finish_if_empty();
}

} // namespace zmqrt::actors
