// SPDX-License-Identifier: MPL-2.0
//
// A socket whose requests an actor answers. Requests in work are bounded;
// every one of them is answered, also where the actor errs or ends.

#include <utility>

#include "actors/caf_compat.hpp"
#include "actors/front/errors.hpp"
#include "actors/front/front_actor.hpp"

namespace zmqrt::actors {

caf::result<void> front_actor::handle_serve(verb::serve& how) {
  if (const auto why = refusal())
    return as_caf_error(why, "serve", "the socket is over");
  if (!can_serve(type_))
    return caf_error(errc::not_supported, "serve",
                     "only a REP, a ROUTER and a SERVER serve");
  if (!how.by || how.at_once == 0)
    return caf_error(errc::invalid_argument, "serve",
                     "it takes an actor, and room for 1 request or more");
  if (type_ == socket_type::rep && how.instead.empty())
    return caf_error(errc::invalid_argument, "serve",
                     "a REP has to answer something");
  if (service_ || !receivers_.empty())
    return caf_error(errc::fsm, "serve", "an actor serves or receives here");
  service_.emplace();
  service_->number = ++last_number_;
  service_->by = how.by;
  service_->at_once = type_ == socket_type::rep ? 1 : how.at_once;
  service_->instead = std::move(how.instead);
  watch(how.by.address());
  (void)pump_input();
  settle();
  return caf::unit;
}

void front_actor::ask_handler(message&& asked) {
  const auto number = ++last_number_;
  const auto serving = service_->number;
  service_->in_work.emplace(number, take_path(type_, asked));
  request(service_->by, caf::infinite, std::move(asked))
    .then([=, this](message& what) { reply(serving, number, std::move(what)); },
          [=, this](const caf::error& why) {
            if (why
                != caf::sec::request_receiver_down) // its down says the rest
              reply(serving, number, {});
          });
}

void front_actor::reply(std::uint64_t to_service, std::uint64_t number,
                        std::optional<message> what) {
  service* const from = find_service(to_service);
  if (from == nullptr)
    return;
  const auto at = from->in_work.find(number);
  if (at == from->in_work.end())
    return;
  const auto path = std::move(at->second);
  from->in_work.erase(at);
  send_reply(path, what && !what->empty() ? std::move(*what) : from->instead,
             from->instead);
  std::erase_if(stopped_, [this](const service& each) {
    if (each.in_work.empty())
      unwatch(each.by.address());
    return each.in_work.empty();
  });
  (void)pump_input();
  settle();
}

void front_actor::send_reply(const return_path& where, message what,
                             const message& instead) {
  if (what.empty())
    return;
  put_path(where, what);
  // Without waiting: one peer that does not read would hold up the others.
  auto why = door().send(std::move(what), patience::never());
  if (!why || why == errc::again || why == errc::host_unreachable)
    return;
  // Too long, say: the peer gets what it gets where the handler fails.
  if (message other = instead; !other.empty()) {
    put_path(where, other);
    why = door().send(std::move(other), patience::never());
  }
  if (why && type_ == socket_type::rep) // which could not go on
    (void)door().send(message{""}, patience::never());
}

service* front_actor::find_service(std::uint64_t number) noexcept {
  if (service_ && service_->number == number)
    return &*service_;
  for (auto& each : stopped_)
    if (each.number == number)
      return &each;
  return nullptr;
}

void front_actor::stop_service() {
  auto gone = std::exchange(service_, std::nullopt);
  if (gone->in_work.empty())
    unwatch(gone->by.address());
  else
    stopped_.push_back(std::move(*gone));
}

void front_actor::give_up_service(const service& gone) {
  unwatch(gone.by.address());
  for (const auto& [number, path] : gone.in_work)
    send_reply(path, gone.instead, gone.instead);
}

void front_actor::handler_gone(const caf::actor_addr& who) {
  if (service_ && same_actor(service_->by.address(), who))
    give_up_service(*std::exchange(service_, std::nullopt));
  for (std::size_t i = stopped_.size(); i-- > 0;)
    if (same_actor(stopped_[i].by.address(), who)) {
      const auto gone = std::move(stopped_[i]);
      stopped_.erase(stopped_.begin() + static_cast<std::ptrdiff_t>(i));
      give_up_service(gone);
    }
}

} // namespace zmqrt::actors
