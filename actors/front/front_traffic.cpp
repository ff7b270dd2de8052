// SPDX-License-Identifier: MPL-2.0
//
// What goes through a front: messages to send, requests, and what comes in,
// which goes to whoever asked for it. The gate is tried without waiting, and
// calls when trying again is worth while.

#include <algorithm>
#include <utility>

#include "actors/caf_compat.hpp"
#include "actors/front/errors.hpp"
#include "actors/front/front_actor.hpp"

namespace zmqrt::actors {

namespace {

// So many messages are read before others have their turn on the reactor.
constexpr std::size_t messages_a_turn = 1024;
constexpr std::size_t singles_a_read = 64;

} // namespace

// -- sending ------------------------------------------------------------------

std::error_code front_actor::send_refusal() const {
  if (closing_)
    return make_error_code(errc::not_a_socket);
  const bool replies =
    type_ == socket_type::rep && (service_ || !stopped_.empty());
  return replies || !single_.empty() ? make_error_code(errc::fsm)
                                     : std::error_code{};
}

caf::result<void> front_actor::handle_send(verb::send& what) {
  if (const auto refused = send_refusal())
    return as_caf_error(refused, "send", "a request is under way, or the end");
  auto why = outgoing_.try_send(what.what);
  if (!why)
    return caf::unit;
  if (why != errc::again || what.full == verb::when_full::refuse)
    return send_error(why);
  auto reply = make_response_promise();
  why = outgoing_.wait(std::move(what.what), loop().now(),
                       [reply](std::error_code refused) mutable {
                         if (refused)
                           reply.deliver(send_error(refused));
                         else
                           deliver_done(reply);
                       });
  if (why)
    reply.deliver(send_error(why));
  pump_output();
  settle();
  return reply;
}

caf::result<std::size_t>
front_actor::handle_send_batch(verb::send_batch& what) {
  if (const auto refused = send_refusal())
    return as_caf_error(refused, "send_batch",
                        "a request is under way, or the end");
  const std::size_t all = what.what.size();
  std::size_t sent = 0;
  std::error_code why;
  // Some that were sent hide why the next one was not.
  while (!why && sent < all) {
    std::size_t more = 0;
    why = outgoing_.try_send(std::span{what.what}.subspan(sent), more);
    sent += more;
  }
  if (!why)
    return sent;
  if (why != errc::again)
    return batch_error(why, sent, all);
  if (what.full == verb::when_full::refuse) {
    if (sent == 0)
      return send_error(why);
    return sent;
  }
  auto reply = make_response_promise();
  why = outgoing_.wait(std::move(what.what), sent, loop().now(), reply);
  if (why)
    reply.deliver(batch_error(why, sent, all));
  pump_output();
  settle();
  return reply;
}

void front_actor::on_room() {
  enter([this] {
    pump_output();
    settle();
  });
}

void front_actor::pump_output() {
  outgoing_.pump(room_bell_);
  if (!single_.empty() && !closed_)
    single_.advance(loop().now(), input_bell_, room_bell_);
  if (closing_ && !closed_ && outgoing_.empty())
    close_now();
}

// -- requests -----------------------------------------------------------------

std::optional<time_point> front_actor::reply_deadline() {
  const auto limit = door().receive_patience();
  if (limit.ns < 0)
    return std::nullopt;
  return loop().now() + std::chrono::nanoseconds{limit.ns};
}

caf::result<message> front_actor::handle_request(message& what) {
  if (const auto why = refusal())
    return as_caf_error(why, "request", "the socket is over");
  if (type_ != socket_type::req && type_ != socket_type::dealer)
    return caf_error(errc::not_supported, "request",
                     "only a REQ and a DEALER make requests");
  if (what.empty())
    return caf_error(errc::invalid_argument, "request",
                     "a message needs at least one frame");
  // Before the promise, which takes it.
  const auto asker = caf::actor_cast<caf::actor_addr>(current_sender());
  auto reply = make_response_promise();
  if (reply.async()) {
    // What the handler of a receiver answers is no request.
    if (!receivers_.has(asker))
      reply.deliver(caf_error(errc::invalid_argument, "request",
                              "it has to be asked, by request()"));
    return reply;
  }
  watch_asker(asker);
  if (type_ == socket_type::req) {
    single_.ask(std::move(what), asker, reply);
    pump_output();
    settle();
    return reply;
  }
  const auto number = parallel_.begin(what, reply_deadline(), asker, reply);
  auto why = outgoing_.try_send(what);
  if (why == errc::again)
    why = outgoing_.wait(
      std::move(what), loop().now(),
      [this, number](std::error_code refused) {
        if (refused)
          parallel_.refuse(number, refused);
      },
      [this, number] { return parallel_.knows(number); });
  if (why)
    parallel_.refuse(number, why);
  pump_output();
  (void)pump_input();
  settle();
  return reply;
}

void front_actor::watch_asker(const caf::actor_addr& who) {
  if (who && askers_.insert(who.get()).second)
    watch(who);
}

// -- receiving ----------------------------------------------------------------

caf::result<void> front_actor::handle_receive(const caf::actor& who,
                                              std::size_t most,
                                              std::size_t credit) {
  if (const auto why = refusal())
    return as_caf_error(why, "receive", "the socket is over");
  if (!who || credit == 0)
    return caf_error(errc::invalid_argument, "receive",
                     "it takes an actor, and credit of 1 or more");
  if (service_)
    return caf_error(errc::fsm, "receive", "the socket is served");
  if (receivers_.set(who, most, credit))
    watch(who.address());
  const auto why = pump_input();
  if (why == errc::not_supported) {
    handle_stop(who.address());
    return as_caf_error(why, "receive", "the socket type does not do that");
  }
  settle();
  return caf::unit;
}

void front_actor::on_input() {
  enter([this] {
    (void)pump_input();
    settle();
  });
}

bool front_actor::wants_input() const {
  if (service_ && service_->in_work.size() < service_->at_once)
    return true;
  // What is no reply is not dropped for want of credit.
  return receivers_.empty() ? !parallel_.empty() : receivers_.any_credit();
}

std::error_code front_actor::pump_input() {
  if (const auto over = door().failure()) {
    single_.fail(over);
    parallel_.fail(over);
    return over;
  }
  if (single_.awaits())
    single_.advance(loop().now(), input_bell_, room_bell_);
  if (single_.awaits() || closed_)
    return {}; // what comes is a reply
  for (std::size_t turns = 0; wants_input(); ++turns) {
    if (turns == messages_a_turn / singles_a_read) {
      input_bell_->call();
      return {};
    }
    auto why = read_some();
    if (why == errc::again || why == errc::fsm) {
      // First asked to be called, then tried: nothing is overlooked.
      door().retry_with(poll_in, input_bell_);
      why = read_some();
    }
    if (why)
      return why;
  }
  return {};
}

std::error_code front_actor::read_some() {
  if (service_) {
    message request;
    if (const auto why = door().recv(request, patience::never()))
      return why;
    ask_handler(std::move(request));
    return {};
  }
  read_.clear();
  receiver* const to = receivers_.next();
  const std::size_t singles = receivers_.size() == 1 ? singles_a_read : 1;
  std::size_t count = 1;
  if (to != nullptr)
    count = std::min(to->credit.left(), to->most != 0 ? to->most : singles);
  read_.reserve(count); // of a batch, it went along with the last one
  if (const auto why = door().recv_batch(read_, count, patience::never()))
    return why;
  if (parallel_.any_made())
    std::erase_if(read_,
                  [this](message& each) { return parallel_.claim(each); });
  if (to != nullptr && !read_.empty())
    hand_over(*to, read_.size());
  return {};
}

void front_actor::hand_over(receiver& to, std::size_t count) {
  receivers_.pass_on();
  if (to.most != 0) {
    const auto owed = to.credit.hand_over(count);
    pass(to.in_batches, to.number, std::exchange(read_, {}), owed);
    return;
  }
  for (auto& each : read_)
    pass(to.one_by_one, to.number, std::move(each), to.credit.hand_over(1));
  read_.clear();
}

template <class Receiver, class What>
void front_actor::pass(const Receiver& to, std::uint64_t number, What what,
                       std::size_t owed) {
  if (owed == 0) {
    send(to, std::move(what));
    return;
  }
  const auto dealt_with = [this, number, owed] {
    if (receiver* const known = receivers_.find(number)) {
      known->credit.give_back(owed);
      (void)pump_input();
      settle();
    }
  };
  request(to, caf::infinite, std::move(what))
    .then(dealt_with, [dealt_with](const caf::error& why) {
      if (why != caf::sec::request_receiver_down) // its down says the rest
        dealt_with();
    });
}

} // namespace zmqrt::actors
