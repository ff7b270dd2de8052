// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "actors/session/zap_call.hpp"

#include "libzmqrt/security/zap.hpp"

namespace zmqrt::actors {

namespace {

constexpr auto handler_name = "zeromq.zap.01";
constexpr auto request_id = "1"; // each call has its own link

socket_options door_options() {
  socket_options out;
  out.immediate = true; // a link, or nothing
  out.sndhwm = 0;
  out.rcvhwm = 1;
  return out;
}

} // namespace

class zap_call::ringer final : public watcher {
public:
  explicit ringer(std::shared_ptr<doorbell> bell) : bell_(std::move(bell)) {
  }
  void call() noexcept override {
    bell_->ring();
  }

private:
  std::shared_ptr<doorbell> bell_;
};

zap_call::zap_call(inproc_registry& names,
                   const std::shared_ptr<transports::reactor>& loop,
                   std::function<void()> changed)
  : names_(names),
    door_(std::make_shared<gate>(socket_type::dealer, door_options())),
    bell_(std::make_shared<posted_bell<zap_call>>(loop)),
    on_reply_(std::make_shared<ringer>(bell_)),
    on_end_(std::make_shared<ringer>(bell_)), changed_(std::move(changed)) {
  bell_->set_target(this);
}

zap_call::~zap_call() {
  bell_->set_target(nullptr);
  door_->forget(*on_reply_);
  door_->forget(*on_end_);
  (void)door_->discard(); // a question that nobody has read
  names_.leave(door_);
}

zap_call::asking zap_call::ask(const auth_request& about) {
  const auto handler = names_.holder(handler_name);
  if (!handler)
    return asking::nobody;
  if (*handler != socket_type::rep && *handler != socket_type::router)
    return asking::unfit;
  if (names_.connect(handler_name, door_))
    return asking::unfit;
  if (!door_->writable()) // it has gone meanwhile
    return asking::nobody;
  if (door_->send(security::make_zap_request(request_id, about),
                  patience::never()))
    return asking::unfit;
  // Apart: together they hold from the start, and no change is told.
  door_->follow(poll_in, on_reply_);
  door_->follow(poll_out, on_end_);
  return asking::asked;
}

zap_call::outcome zap_call::look(wire::auth_answer& answer,
                                 wire::verdict& why) {
  message reply;
  if (door_->recv(reply, patience::never()))
    return door_->writable() ? outcome::waiting : outcome::gone;
  why = security::parse_zap_reply(reply, request_id, answer);
  return why ? outcome::malformed : outcome::answered;
}

void zap_call::on_bell() {
  // Whoever is called may end this call.
  const auto changed = changed_;
  changed();
}

} // namespace zmqrt::actors
