// SPDX-License-Identifier: MPL-2.0
//
// The engine's public face. See the header.

#include "libzmqrt/wire/engine.hpp"

#include "libzmqrt/wire/boxed_output.hpp"
#include "libzmqrt/wire/engine_state.hpp"
#include "libzmqrt/wire/transcode.hpp"

namespace zmqrt::wire {

std::string_view to_string(revision spoken) noexcept {
  switch (spoken) {
  case revision::zmtp_1_0:
    return "ZMTP/1.0";
  case revision::zmtp_2_0:
    return "ZMTP/2.0";
  case revision::zmtp_3_0:
    return "ZMTP/3.0";
  case revision::zmtp_3_1:
    break;
  }
  return "ZMTP/3.1";
}

// -- the world to the engine --------------------------------------------------

engine::engine(engine_options options, buffer_source& buffers,
               std::unique_ptr<mechanism> chosen)
  : impl_(std::make_unique<implementation>(std::move(options), buffers,
                                           std::move(chosen))) {
}

engine::~engine() = default;

void engine::start(time_point now) {
  impl_->start(now);
}

void engine::receive(const slab_ref& owner, std::span<const std::byte> bytes,
                     time_point now) {
  if (impl_->over() || bytes.empty())
    return;
  impl_->now = now;
  impl_->beat.heard(now);
  if (verdict bad = impl_->receive(owner, bytes))
    impl_->close(*bad);
}

std::span<std::byte> engine::direct_target() noexcept {
  if (impl_->state != phase::traffic)
    return {};
  return impl_->box_input ? impl_->box_input->direct_target()
                          : impl_->incoming->direct_target();
}

void engine::received_direct(std::size_t size, time_point now) {
  if (impl_->state != phase::traffic || size == 0)
    return;
  impl_->now = now;
  impl_->beat.heard(now);
  if (verdict bad = impl_->box_input ? impl_->box_input->received_direct(
                      size, *impl_->incoming)
                                     : impl_->incoming->received_direct(size))
    impl_->close(*bad);
}

void engine::set_reading(bool reading, time_point now) {
  if (impl_->state == phase::traffic)
    impl_->beat.set_reading(reading, now);
}

void engine::authenticated(const auth_answer& answer, time_point now) {
  if (impl_->over() || !impl_->asked)
    return;
  impl_->now = now;
  if (verdict bad = impl_->on_answer(answer))
    impl_->close(*bad);
}

void engine::refuse(const violation& why, time_point now) {
  if (impl_->over() || !impl_->asked)
    return;
  impl_->now = now;
  impl_->close(why);
}

void engine::tick(time_point now) {
  if (impl_->over())
    return;
  impl_->now = now;
  if (impl_->table.due(timer::handshake, now)) {
    impl_->close(*refused(errc::timed_out, protocol_detail::none));
    return;
  }
  if (verdict bad = impl_->beat.tick(now, impl_->output))
    impl_->close(*bad);
}

// -- the engine to the world --------------------------------------------------

bool engine::next_event(engine_event& out) {
  out.what = engine_event::kind::none;
  out.messages.clear();
  if (std::exchange(impl_->tell_question, false)) {
    out.what = engine_event::kind::authenticate;
    out.question = *impl_->opening->asking();
  } else if (std::exchange(impl_->tell_ready, false)) {
    out.what = engine_event::kind::ready;
  } else if (batch* const come = impl_->delivered();
             come != nullptr && !come->empty()) {
    out.what = engine_event::kind::delivered;
    // Swaps the segment tables, so that both keep their memory.
    out.messages = std::move(*come);
  } else if (impl_->tell_closed) {
    out.what = engine_event::kind::closed;
    out.closed = std::move(*impl_->tell_closed);
    impl_->tell_closed.reset();
  }
  return out.what != engine_event::kind::none;
}

bool engine::has_output() const noexcept {
  return !impl_->output.empty();
}

void engine::take_output(batch& to) {
  std::string& output = impl_->output;
  if (output.empty())
    return;
  if (!impl_->write_output(to)) {
    impl_->close(*out_of_memory());
    return;
  }
  output.clear();
  impl_->plain_output = 0;
  impl_->beat.written();
}

std::optional<time_point> engine::deadline() const noexcept {
  return impl_->table.next();
}

// -- commands, after ready ----------------------------------------------------

bool engine::canonical() const noexcept {
  return impl_->framing_ == framing::v2 && !impl_->box_cipher;
}

bool engine::transcode(const batch& messages, batch& wire) {
  if (impl_->box_cipher)
    return seal(messages, wire, *impl_->box_cipher, *impl_->buffers);
  if (impl_->framing_ == framing::v1)
    return to_v1(messages, wire, *impl_->buffers);
  if (impl_->framing_ == framing::raw)
    return to_raw(messages, wire, *impl_->buffers);
  batch copy = messages;
  wire.splice(copy);
  return true;
}

std::uint64_t engine::whole_messages(const batch& messages, const batch& wire,
                                     std::size_t accepted) const {
  if (impl_->box_cipher)
    return count_sealed(messages.segments(), impl_->box_cipher->overhead(),
                        accepted);
  const bool raw = impl_->framing_ == framing::raw;
  return count_whole_messages(raw ? messages : wire, impl_->framing_, accepted);
}

// -- getters ------------------------------------------------------------------

bool engine::is_ready() const noexcept {
  return impl_->was_ready;
}

const peer_info& engine::peer() const noexcept {
  return impl_->peer;
}

} // namespace zmqrt::wire
