// SPDX-License-Identifier: MPL-2.0
//
// The connection's life: start, handshake, drain, close. The flow of bytes is
// in connection_flow.cpp.

#include "actors/session/connection.hpp"

#include <cerrno>

#include "actors/logging/loggers.hpp"
#include "actors/session/engine_setup.hpp"

namespace zmqrt::actors {

namespace {

// How long a refused peer may take to accept the rest of our handshake.
constexpr auto parting_limit = std::chrono::seconds{1};
// How long a raw peer may take to end its side when ours has ended: nothing
// says that it ever does. It has what we wrote, or the kernel goes on with it;
// but who is still writing then makes our close a reset.
constexpr auto raw_end_limit = std::chrono::seconds{2};

/// What comes with a handshake's failure where nothing else is known: an errno.
/// libzmq's own for one that has run out of time.
int libzmqs_value(std::error_code why) noexcept {
  return why == errc::timed_out ? EAGAIN : why.value();
}

std::unique_ptr<wire::mechanism> mechanism_of(const connection_setup& setup) {
  return make_mechanism(setup.type, setup.accepted, *setup.options,
                        setup.security.get());
}

} // namespace

connection::connection(connection_setup setup,
                       std::unique_ptr<transports::stream> bytes)
  : setup_(std::move(setup)), stream_(std::move(bytes)),
    engine_(make_engine_options(setup_.type, setup_.accepted, *setup_.options),
            setup_.loop->buffers(), mechanism_of(setup_)),
    bell_(std::make_shared<posted_bell<connection>>(setup_.loop)),
    reader_(std::make_shared<reader_call>(*setup_.loop, setup_.door)),
    deadline_(
      this, [](void* self) { static_cast<connection*>(self)->on_deadline(); }),
    own_pipe_(!setup_.pipe.has_value()),
    raw_(setup_.options->raw_peers(setup_.type)) {
  enter(setup_.half_open, setup_.loop->now());
}

connection::~connection() = default;

bool connection::talks() const noexcept {
  return phase_ == phase::handshake || phase_ == phase::traffic
         || phase_ == phase::flushing;
}

/// What the engine has found waits until the inbox has room.
bool connection::holds() const noexcept {
  return paused_ && plugged_ && !draining_;
}

void connection::start(connection_owner& owner) {
  owner_ = &owner;
  self_ = shared_from_this();
  bell_->set_target(this);
  stream_->start(*this);
  if (setup_.behind_proxy != nullptr)
    enter_tunnel();
  else
    shake_hands();
}

void connection::shake_hands() {
  phase_ = phase::handshake;
  if (pushed_out_) {
    on_pushed_out();
    return;
  }
  guarded([&] {
    engine_.start(setup_.loop->now());
    pause(false); // before a raw peer is ready, whose inbox may be full
    drain_engine();
    pump();
  });
}

void connection::drain() {
  if (draining_ || phase_ == phase::closing || phase_ == phase::over)
    return;
  draining_ = true;
  const bool idle = own_pipe_ || setup_.door->unsent(*setup_.pipe) == 0;
  const bool on_the_way =
    phase_ == phase::tunnelling || phase_ == phase::handshake;
  if (on_the_way && idle) {
    begin_close({}, event_kind::disconnected);
    return;
  }
  if (phase_ == phase::tunnelling)
    return; // there is nobody yet to write to
  if (phase_ == phase::traffic)
    phase_ = phase::flushing;
  // A connect that is being ended takes nothing new.
  if (plugged_ && !setup_.accepted)
    setup_.door->stop_sending(*setup_.pipe);
  // What arrives is read and thrown away: unread input would turn our close
  // into a reset, which throws away what the kernel has accepted from us.
  pause(false);
  guarded([&] {
    drain_engine();
    pump();
  });
}

void connection::hang_up() {
  if (draining_)
    return;
  end_.hung_up = true;
  drain();
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
  while (talks() && !holds() && engine_.next_event(event_)) {
    switch (event_.what) {
    case wire::engine_event::kind::none:
      break;
    case wire::engine_event::kind::authenticate:
      ask();
      break;
    case wire::engine_event::kind::ready:
      on_ready();
      break;
    case wire::engine_event::kind::delivered:
      if (draining_)
        event_.messages.clear();
      else if (plugged_ && !deliver())
        pause(true);
      break;
    case wire::engine_event::kind::closed:
      on_engine_closed(event_.closed);
      break;
    }
  }
}

/// False: the inbox is full.
bool connection::deliver() {
  batch& got = event_.messages;
  setup_.loop->moved(got.messages(), got.bytes());
  const bool later = reader_->defers(got.messages(), got.bytes());
  return setup_.door->deliver(*setup_.pipe, got, !later);
}

void connection::on_ready() {
  auto properties =
    std::make_shared<peer_properties>(engine_.peer().properties);
  properties->set("Peer-Address", address_of_peer());
  const wire::peer_info& peer = engine_.peer();
  const auto about = std::make_shared<peer_info>();
  about->endpoint = stream_->remote().endpoint();
  about->protocol = raw_ ? "raw" : wire::to_string(peer.spoken);
  about->told = properties;
  peer_facts who;
  who.routing_id = peer.routing_id;
  who.by_command =
    peer.spoken >= wire::revision::zmtp_3_1 || setup_.type == socket_type::dish;
  who.about = about;
  who.raw = raw_;
  // As in libzmq: STREAM_NOTIFY is STREAM's alone, ROUTER_RAW always announces.
  who.announced =
    raw_
    && (setup_.type != socket_type::stream || setup_.options->stream_notify);
  bool welcome = true;
  if (own_pipe_) {
    pipe_setup fresh;
    fresh.bell = bell_;
    fresh.properties = properties;
    fresh.peer = who;
    setup_.pipe = setup_.door->attach(std::move(fresh));
    welcome = setup_.pipe.has_value();
  } else {
    welcome = setup_.door->plug(*setup_.pipe, bell_, properties, who);
  }
  if (!welcome) {
    begin_close(make_error_code(errc::connection_refused),
                event_kind::disconnected);
    return;
  }
  plugged_ = true;
  leave();
  // A connect's pipe may be full of what an earlier session brought.
  if (!draining_ && !setup_.door->wants_input(*setup_.pipe))
    pause(true);
  end_.was_ready = true;
  phase_ = draining_ ? phase::flushing : phase::traffic;
  if (!raw_)
    publish(event_kind::handshake_succeeded, 0);
  logging::session().debug("ready peer={}", stream_->remote().endpoint());
  if (owner_ != nullptr)
    owner_->on_connection_ready();
}

void connection::on_engine_closed(const wire::ending& how) {
  call_.reset();
  if (how.failure == event_kind::handshake_failed_no_detail)
    publish(how.failure, libzmqs_value(how.reason));
  else if (how.failure != event_kind::disconnected)
    publish(how.failure, static_cast<std::int64_t>(how.detail));
  if (engine_.has_output())
    part(how);
  else
    begin_close(how.reason, how.failure);
}

/// A peer that speaks ZMTP ends its side when ours has ended; LINGER bounds the
/// wait.
void connection::half_close() {
  phase_ = phase::half_closed;
  stream_->shutdown_send();
  if (raw_)
    setup_.loop->arm(deadline_, setup_.loop->now() + raw_end_limit);
}

/// RFC 37, "Version Negotiation": who reads a full greeting also sends one, so
/// that both sides can say why there is no connection.
void connection::part(const wire::ending& how) {
  phase_ = phase::parting;
  end_.reason = how.reason;
  end_.failure = how.failure;
  setup_.loop->arm(deadline_, setup_.loop->now() + parting_limit);
  guarded([&] { pump(); });
}

void connection::begin_close(std::error_code why, event_kind failure) {
  if (phase_ == phase::closing || phase_ == phase::over)
    return;
  if (phase_ != phase::parting) {
    end_.reason = why;
    end_.failure = phase_ == phase::tunnelling ? event_kind::closed : failure;
  }
  phase_ = phase::closing;
  call_.reset();
  leave();
  if (deadline_.armed())
    setup_.loop->disarm(deadline_);
  stream_->close();
}

/// To whoever looks on it is a handshake whose time is over.
void connection::on_pushed_out() noexcept {
  pushed_out_ = true;
  if (phase_ == phase::opening)
    return; // start() finds it
  guarded([&] {
    if (phase_ == phase::handshake)
      publish(event_kind::handshake_failed_no_detail, EAGAIN);
    begin_close(make_error_code(errc::timed_out),
                event_kind::handshake_failed_no_detail);
  });
}

void connection::on_closed() {
  phase_ = phase::over;
  logging::session().debug("over code={}", end_.reason.value());
  bell_->set_target(nullptr);
  try {
    deliver_held();
    give_back_unaccepted();
    if (end_.failure != event_kind::closed) // the connector tells of that
      publish(event_kind::disconnected, 0);
  } catch (const std::exception& problem) { // no memory
    logging::session().error("lost_at_end what={}", problem.what());
  }
  auto keep = std::move(self_);
  if (owner_ != nullptr)
    std::exchange(owner_, nullptr)->on_connection_over(end_);
}

/// What was received and waited for room is the application's all the same.
void connection::deliver_held() {
  if (!plugged_ || draining_)
    return;
  while (engine_.next_event(event_))
    if (event_.what == wire::engine_event::kind::delivered)
      (void)setup_.door->deliver(*setup_.pipe, event_.messages);
}

void connection::on_deadline() {
  if (phase_ == phase::parting || phase_ == phase::half_closed) {
    begin_close(end_.reason, end_.failure);
    return;
  }
  if (phase_ == phase::tunnelling) {
    fail_tunnel(make_error_code(errc::timed_out));
    return;
  }
  guarded([&] {
    engine_.tick(setup_.loop->now());
    drain_engine();
    pump();
  });
}

void connection::rearm() {
  if (phase_ == phase::parting || (phase_ == phase::half_closed && raw_))
    return;
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
                          stream_->remote().endpoint(), 0, setup_.accepted});
}

/// Tells when the pipe has come to its mark, or has left it.
void connection::publish_congestion() {
  if (!plugged_
      || (!setup_.events->wants(event_kind::congested)
          && !setup_.events->wants(event_kind::uncongested)))
    return;
  std::uint64_t unsent = 0;
  if (setup_.door->is_full(*setup_.pipe, unsent) == congested_)
    return;
  congested_ = !congested_;
  publish(congested_ ? event_kind::congested : event_kind::uncongested,
          static_cast<std::int64_t>(unsent));
}

} // namespace zmqrt::actors
