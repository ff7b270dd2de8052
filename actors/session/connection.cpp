// SPDX-License-Identifier: MPL-2.0
//
// The connection's life: start, handshake, drain, close. The flow of bytes is
// in connection_flow.cpp.

#include "actors/session/connection.hpp"

#include "actors/logging/loggers.hpp"
#include "actors/session/engine_setup.hpp"

namespace zmqrt::actors {

connection::connection(connection_setup setup,
                       std::unique_ptr<transports::stream> bytes)
  : setup_(std::move(setup)),
    stream_(std::move(bytes)),
    engine_(make_engine_options(setup_.type, setup_.accepted, *setup_.options),
            setup_.loop->buffers()),
    bell_(std::make_shared<connection_bell>(setup_.loop)),
    deadline_(this,
              [](void* self) {
                static_cast<connection*>(self)->on_deadline();
              }),
    own_pipe_(!setup_.pipe.has_value()) {
}

connection::~connection() = default;

bool connection::talks() const noexcept {
  return phase_ == phase::handshake || phase_ == phase::traffic
         || phase_ == phase::flushing;
}

void connection::start(connection_owner& owner) {
  owner_ = &owner;
  self_ = shared_from_this();
  bell_->set_target(this);
  phase_ = phase::handshake;
  stream_->start(*this);
  engine_.start(setup_.loop->now());
  drain_engine();
  pause(false);
  pump();
}

void connection::drain() {
  if (draining_ || phase_ == phase::closing || phase_ == phase::over)
    return;
  draining_ = true;
  const bool idle = own_pipe_ || setup_.door->unsent(*setup_.pipe) == 0;
  if (phase_ == phase::handshake && idle) {
    begin_close({}, event_kind::disconnected);
    return;
  }
  if (phase_ == phase::traffic)
    phase_ = phase::flushing;
  // What arrives is read and thrown away: unread input would turn our close
  // into a reset, which throws away what the kernel has accepted from us.
  pause(false);
  pump();
}

void connection::abort(std::error_code why) {
  begin_close(why, event_kind::disconnected);
}

void connection::orphan() noexcept {
  owner_ = nullptr;
  begin_close(make_error_code(errc::connection_aborted),
              event_kind::disconnected);
}

void connection::drain_engine() {
  while (talks() && engine_.next_event(event_)) {
    switch (event_.what) {
      case wire::engine_event::kind::none:
        break;
      case wire::engine_event::kind::ready:
        on_ready();
        break;
      case wire::engine_event::kind::delivered:
        if (draining_)
          event_.messages.clear();
        else if (plugged_)
          // Also what comes after a pause decides anew: the gate may have
          // found room meanwhile, and would not ring for that again.
          pause(!setup_.door->deliver(*setup_.pipe, event_.messages));
        break;
      case wire::engine_event::kind::closed:
        on_engine_closed(event_.closed);
        break;
    }
  }
}

void connection::on_ready() {
  auto properties = std::make_shared<peer_properties>(engine_.peer().properties);
  auto host = stream_->remote().host();
  properties->set("Peer-Address", host);
  if (own_pipe_) {
    pipe_setup fresh;
    fresh.bell = bell_;
    fresh.properties = properties;
    setup_.pipe = setup_.door->attach(std::move(fresh));
    if (!setup_.pipe) {
      begin_close(make_error_code(errc::connection_refused),
                  event_kind::disconnected);
      return;
    }
  } else {
    setup_.door->plug(*setup_.pipe, bell_, properties);
  }
  plugged_ = true;
  end_.was_ready = true;
  phase_ = draining_ ? phase::flushing : phase::traffic;
  publish(event_kind::handshake_succeeded, 0);
  logging::session().debug("ready peer={}", stream_->remote().endpoint());
  if (owner_ != nullptr)
    owner_->on_connection_ready();
}

void connection::on_engine_closed(const wire::ending& how) {
  if (how.failure != event_kind::disconnected)
    publish(how.failure, static_cast<std::int64_t>(how.detail));
  begin_close(how.reason, how.failure);
}

void connection::begin_close(std::error_code why, event_kind failure) {
  if (phase_ == phase::closing || phase_ == phase::over)
    return;
  phase_ = phase::closing;
  end_.reason = why;
  end_.failure = failure;
  if (deadline_.armed())
    setup_.loop->disarm(deadline_);
  stream_->close();
}

void connection::on_closed() {
  phase_ = phase::over;
  logging::session().debug("over code={}", end_.reason.value());
  bell_->set_target(nullptr);
  give_back_unaccepted();
  if (end_.was_ready)
    publish(event_kind::disconnected, 0);
  auto keep = std::move(self_);
  if (owner_ != nullptr)
    std::exchange(owner_, nullptr)->on_connection_over(end_);
}

void connection::on_deadline() {
  engine_.tick(setup_.loop->now());
  drain_engine();
  pump();
}

void connection::rearm() {
  auto next = engine_.deadline();
  if (!talks() || !next) {
    if (deadline_.armed())
      setup_.loop->disarm(deadline_);
  } else if (!deadline_.armed() || deadline_.when() != *next) {
    setup_.loop->arm(deadline_, *next);
  }
}

void connection::publish(event_kind kind, std::int64_t value) {
  if (!setup_.events->wants(kind))
    return;
  setup_.events->publish({kind, value, stream_->local().endpoint(),
                          stream_->remote().endpoint(), 0});
}

} // namespace zmqrt::actors
