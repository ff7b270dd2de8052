// SPDX-License-Identifier: MPL-2.0
//
// The front: its behavior, endpoints and options. What it sends and receives
// is in front_traffic.cpp, serving in front_serving.cpp, events and the end in
// front_end.cpp.

#include "actors/front/front_actor.hpp"

#include "actors/caf_compat.hpp"
#include "actors/front/errors.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt::actors {

front_actor::front_actor(caf::actor_config& config, reactor_unit& unit,
                         zmqrt::socket what, socket_handle owner,
                         std::size_t sends_waiting)
  : pinned(config, unit), handle_(std::move(what)),
    door_(socket_access::body(handle_)->core().door()),
    owner_(std::move(owner)), type_(door_->type()),
    outgoing_(door_, sends_waiting), parallel_(sends_waiting),
    single_(door_, sends_waiting), timer_(this, [](void* self) {
      auto* const me = static_cast<front_actor*>(self);
      me->enter([me] { me->on_time(); });
    }) {
  const auto bell = [&](void (front_actor::*on_call)()) {
    return std::make_shared<call_bell<front_actor>>(unit.shared_loop(),
                                                    address(), on_call);
  };
  input_bell_ = bell(&front_actor::on_input);
  room_bell_ = bell(&front_actor::on_room);
  event_bell_ = bell(&front_actor::on_events);
}

front_actor::~front_actor() = default;

gate& front_actor::door() const noexcept {
  return *door_;
}

template <class Request, class Pick>
caf::response_promise front_actor::ask(Request what, Pick pick) {
  auto reply = make_response_promise();
  if (const auto why = refusal()) {
    reply.deliver(as_caf_error(why, "socket", "it is over"));
    return reply;
  }
  const auto number = ++last_number_;
  asked_.emplace(number, reply);
  request(owner_, caf::infinite, std::move(what))
    .then(
      [=, this](answer& got) {
        caf::response_promise to;
        if (!take_asked(number, to))
          return;
        if (got.code != 0)
          to.deliver(as_caf_error(errno_code(got.code), got.subject, got.rule));
        else if constexpr (std::is_void_v<decltype(pick(got))>)
          deliver_done(to);
        else
          to.deliver(pick(got));
      },
      [=, this](const caf::error&) {
        caf::response_promise to;
        if (!take_asked(number, to))
          return;
        const auto why = refusal();
        to.deliver(as_caf_error(why ? why : make_error_code(errc::terminated),
                                "socket"));
      });
  return reply;
}

bool front_actor::take_asked(std::uint64_t number,
                             caf::response_promise& into) {
  const auto at = asked_.find(number);
  if (at == asked_.end())
    return false;
  into = std::move(at->second);
  asked_.erase(at);
  return true;
}

template <class Verb>
auto front_actor::with_handle(Verb verb) -> caf::result<decltype(verb())> {
  if (const auto why = refusal())
    return as_caf_error(why, "socket", "it is over");
  try {
    if constexpr (std::is_void_v<decltype(verb())>) {
      verb();
      return caf::unit;
    } else {
      return verb();
    }
  } catch (const zmqrt::error& thrown) {
    return caf_error(thrown);
  }
}

front_actor::behavior_type front_actor::make_behavior() {
  monitor(owner_);
  ignore_answers(*this);
  parallel_.set_sign(loop().random());
  set_down_handler([this](caf::down_msg& down) { handle_down(down); });
  set_exit_handler([this](caf::exit_msg& asked) { handle_exit(asked); });
  const auto nothing = [](const answer&) {};
  const auto subject = [](answer& got) { return std::move(got.subject); };
  const auto route = [](const answer& got) { return got.routing_id; };
  return {
    // CAF tries one after the other: what is frequent stands in front.
    [this](verb::send& what) { return handle_send(what); },
    [this](verb::send_batch& what) { return handle_send_batch(what); },
    [this](message& what) { return handle_request(what); },
    [=, this](verb::bind& what) -> caf::result<std::string> {
      return ask(bind_endpoint{std::move(what.endpoint)}, subject);
    },
    [=, this](verb::unbind& what) -> caf::result<void> {
      return ask(unbind_endpoint{std::move(what.endpoint)}, nothing);
    },
    [=, this](verb::connect& what) -> caf::result<void> {
      return ask(connect_endpoint{std::move(what.endpoint), false}, nothing);
    },
    [=, this](verb::connect_peer& what) -> caf::result<std::uint32_t> {
      return ask(connect_endpoint{std::move(what.endpoint), true}, route);
    },
    [=, this](verb::disconnect& what) -> caf::result<void> {
      return ask(disconnect_endpoint{std::move(what.endpoint)}, nothing);
    },
    [this](const verb::set& what) -> caf::result<void> {
      return with_handle(
        [&] { socket_access::set(handle_, what.option, what.value); });
    },
    [this](const verb::get& what) -> caf::result<option_value> {
      return with_handle(
        [&] { return socket_access::get(handle_, what.option); });
    },
    [this](const verb::join& what) -> caf::result<void> {
      return with_handle([&] { handle_.join(what.group); });
    },
    [this](const verb::leave& what) -> caf::result<void> {
      return with_handle([&] { handle_.leave(what.group); });
    },
    [this](const verb::receive& how) {
      return handle_receive(how.to, 0, how.credit);
    },
    [this](const verb::receive_batches& how) -> caf::result<void> {
      if (how.most == 0)
        return caf_error(errc::invalid_argument, "receive_batches",
                         "most must be 1 or more");
      return handle_receive(how.to, how.most, how.credit);
    },
    [this](verb::serve& how) { return handle_serve(how); },
    [this](const verb::stop& what) { handle_stop(what.who.address()); },
    [this](const verb::monitor& how) { return handle_monitor(how); },
    [this](verb::statistics) -> caf::result<socket_statistics> {
      return with_handle([&] { return handle_.statistics(); });
    },
    [this](verb::peers) -> caf::result<std::vector<peer_info>> {
      return with_handle([&] { return handle_.peers(); });
    },
    [this](const verb::close& how) { return handle_close(how); },
  };
}

std::error_code front_actor::refusal() const {
  if (closing_)
    return make_error_code(errc::not_a_socket);
  return door().failure();
}

} // namespace zmqrt::actors
