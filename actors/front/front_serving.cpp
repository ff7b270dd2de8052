// SPDX-License-Identifier: MPL-2.0
//
// A socket whose requests an actor answers. Requests in work are bounded;
// every one of them is answered, also where the actor errs or ends.

#include <utility>

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
    .then(
      [=, this](message& what) {
        if (what.empty() && service_)
          what = service_->instead;
        reply(serving, number, std::move(what));
      },
      [=, this](const caf::error&) {
        reply(serving, number, service_ ? service_->instead : message{});
      });
}

void front_actor::reply(std::uint64_t to_service, std::uint64_t number,
                        message&& what) {
  if (!service_ || service_->number != to_service)
    return; // answered for it, when the service ended
  const auto at = service_->in_work.find(number);
  if (at == service_->in_work.end())
    return;
  const auto answered = [=, this](std::error_code) {
    if (!service_ || service_->number != to_service)
      return;
    service_->in_work.erase(number);
    if (service_->at_once == 0)
      stop_service();
  };
  if (what.empty()) {
    answered({});
  } else {
    put_path(at->second, what);
    auto why = outgoing_.try_send(what);
    if (why == errc::again)
      why = outgoing_.wait(std::move(what), loop().now(), answered);
    else
      answered(why);
    if (why == errc::again) // no room for it, and none to wait in
      answered(why);
  }
  pump_output();
  (void)pump_input();
  settle();
}

void front_actor::end_service() {
  auto gone = std::exchange(service_, std::nullopt);
  unwatch(gone->by.address());
  for (auto& [number, path] : gone->in_work) {
    message what = gone->instead;
    if (what.empty())
      continue;
    put_path(path, what);
    if (outgoing_.try_send(what) == errc::again)
      (void)outgoing_.wait(std::move(what), loop().now(),
                           [](std::error_code) {});
  }
  pump_output();
}

void front_actor::stop_service() {
  service_->at_once = 0;
  if (service_->in_work.empty())
    end_service();
}

} // namespace zmqrt::actors
