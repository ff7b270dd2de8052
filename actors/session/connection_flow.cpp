// SPDX-License-Identifier: MPL-2.0
//
// The connection's flow of bytes: stream to engine to inbox, outbox to
// stream, and the account of what the kernel has accepted.

#include <algorithm>
#include <cerrno>

#include "actors/logging/loggers.hpp"
#include "actors/session/connection.hpp"

namespace zmqrt::actors {

namespace {

// Credit for a batch that takes several writes is told in steps of this many
// bytes, or of an eighth of the batch: each step counts messages from the
// start of the batch.
constexpr std::size_t credit_step = 256 * 1024;

// What has to be made for the peer first, sealed above all, is made in pieces
// of about this size, while the kernel and the peer have the earlier ones.
constexpr std::size_t sealed_at_once = 256 * 1024;

} // namespace

void connection::fail(const std::exception& problem) noexcept {
  logging::session().error("failed what={}", problem.what());
  begin_close(make_error_code(errc::no_memory), event_kind::disconnected);
}

// -- receiving ----------------------------------------------------------------

void connection::on_received(const slab_ref& owner,
                             std::span<const std::byte> bytes) {
  if (!talks()) {
    if (phase_ == phase::tunnelling)
      guarded([&] { on_received_in_tunnel(owner, bytes); });
    return;
  }
  guarded([&] {
    engine_.receive(owner, bytes, setup_.loop->now());
    drain_engine();
    pump();
  });
}

std::span<std::byte> connection::direct_target() {
  if (!talks())
    return {};
  return engine_.direct_target();
}

void connection::on_received_direct(std::size_t size) {
  if (!talks())
    return;
  guarded([&] {
    engine_.received_direct(size, setup_.loop->now());
    drain_engine();
    pump();
  });
}

void connection::on_receive_end(std::error_code why) {
  if (phase_ == phase::tunnelling) {
    fail_tunnel(why ? why : make_error_code(errc::connection_reset));
    return;
  }
  if (phase_ == phase::half_closed && !why) {
    begin_close({}, event_kind::disconnected);
    return;
  }
  // The peer does not read what we still had: it goes back to the pipe.
  const auto failure = end_.was_ready ? event_kind::disconnected
                                      : event_kind::handshake_failed_no_detail;
  if (!end_.was_ready && talks())
    publish(failure, why ? why.value() : EPIPE); // as libzmq
  begin_close(why ? why : make_error_code(errc::connection_reset), failure);
}

void connection::pause(bool on) {
  if (paused_ == on)
    return;
  paused_ = on;
  engine_.set_reading(!on, setup_.loop->now());
  stream_->receive(!on);
}

// -- sending ------------------------------------------------------------------

void connection::on_bell() {
  if (!talks())
    return;
  const auto fate =
    plugged_ ? setup_.door->fate(*setup_.pipe) : pipe_fate::stays;
  if (fate == pipe_fate::evicted) {
    begin_close(make_error_code(errc::connection_aborted),
                event_kind::disconnected);
    return;
  }
  guarded([&] {
    if (fate == pipe_fate::hung_up)
      hang_up();
    if (paused_ && plugged_ && setup_.door->wants_input(*setup_.pipe)) {
      pause(false);
      drain_engine();
    }
    publish_congestion();
    pump();
  });
}

void connection::pump() {
  if (sending_ == sending::nothing) {
    if (phase_ == phase::parting) {
      if (!send_control())
        begin_close(end_.reason, end_.failure);
    } else if (talks() && !send_control() && !send_traffic()
               && phase_ == phase::flushing) {
      end_sending();
    }
  }
  rearm();
}

/// Everything is written. Whoever hands messages over must not choose this
/// pipe from now on; what came right before that still goes.
void connection::end_sending() {
  setup_.door->stop_sending(*setup_.pipe);
  if (send_traffic())
    return;
  if (!sent_traffic_) {
    begin_close({}, event_kind::disconnected);
    return;
  }
  half_close();
}

bool connection::send_control() {
  if (!engine_.has_output())
    return false;
  control_.clear();
  engine_.take_output(control_);
  if (control_.empty()) { // no memory: the engine has ended
    drain_engine();
    return true;
  }
  sending_ = sending::control;
  sent_bytes_ = 0;
  stream_->send(control_);
  return true;
}

bool connection::send_traffic() {
  if (!plugged_)
    return false;
  if (traffic_.empty()) {
    setup_.door->take(*setup_.pipe, traffic_,
                      engine_.canonical() ? any_bytes : sealed_at_once);
    if (traffic_.empty())
      return false;
    setup_.loop->moved(traffic_.messages(), traffic_.bytes());
  }
  sending_ = sending::traffic;
  sent_traffic_ = true;
  sent_bytes_ = 0;
  credited_messages_ = 0;
  credited_bytes_ = 0;
  if (engine_.canonical()) {
    stream_->send(traffic_);
    return true;
  }
  wire_.clear();
  if (!engine_.transcode(traffic_, wire_)) {
    sending_ = sending::nothing;
    begin_close(make_error_code(errc::no_memory), event_kind::disconnected);
    return true;
  }
  stream_->send(wire_);
  return true;
}

void connection::on_sent(std::size_t size) {
  sent_bytes_ += size;
  if (sending_ == sending::control) {
    if (sent_bytes_ < control_.bytes())
      return;
  } else {
    const auto& written = engine_.canonical() ? traffic_ : wire_;
    if (sent_bytes_ < written.bytes()) {
      const auto step = std::max(credit_step, written.bytes() / 8);
      if (sent_bytes_ - credited_bytes_ >= step) {
        credit_progress();
        guarded([this] { publish_congestion(); });
      }
      return;
    }
    setup_.door->accepted(*setup_.pipe,
                          traffic_.messages() - credited_messages_,
                          sent_bytes_ - credited_bytes_);
    traffic_.clear();
  }
  sending_ = sending::nothing;
  guarded([this] {
    if (phase_ == phase::tunnelling) {
      send_in_tunnel();
      return;
    }
    publish_congestion();
    pump();
  });
}

void connection::credit_progress() {
  const auto& written = engine_.canonical() ? traffic_ : wire_;
  const auto whole = engine_.whole_messages(traffic_, written, sent_bytes_);
  setup_.door->accepted(*setup_.pipe, whole - credited_messages_,
                        sent_bytes_ - credited_bytes_);
  credited_messages_ = whole;
  credited_bytes_ = sent_bytes_;
}

void connection::on_send_failed(std::error_code why) {
  // Reading still brings what the peer sent before it left, however long the
  // application takes for it, and then the end, which closes and, amid the
  // handshake, says so. `sending_` stays as it is: nothing more is written. A
  // drain that cannot write any more has nothing to wait for.
  const bool peer_left = why == errc::connection_reset || why.value() == EPIPE;
  if (peer_left && !draining_ && talks())
    return;
  begin_close(why, event_kind::disconnected);
}

void connection::give_back_unaccepted() {
  if (!plugged_)
    return;
  if (sending_ == sending::traffic) {
    credit_progress();
    traffic_.drop_front(credited_messages_);
  }
  sending_ = sending::nothing;
  plugged_ = false;
  if (own_pipe_)
    setup_.door->detach(*setup_.pipe, traffic_);
  else
    setup_.door->unplug(*setup_.pipe, traffic_);
}

} // namespace zmqrt::actors
