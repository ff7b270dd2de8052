// SPDX-License-Identifier: MPL-2.0
//
// The engine: what leads from phase to phase, and what ends the connection.
// The phases themselves are greeting, handshake and traffic. See the header.

#include "libzmqrt/wire/engine.hpp"

#include <cstring>

#include "libzmqrt/message/subscription.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/greeting.hpp"
#include "libzmqrt/wire/handshake.hpp"
#include "libzmqrt/wire/heartbeat.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"
#include "libzmqrt/wire/raw_chunks.hpp"
#include "libzmqrt/wire/timers.hpp"
#include "libzmqrt/wire/traffic.hpp"
#include "libzmqrt/wire/transcode.hpp"

namespace zmqrt::wire {

namespace {

/// Answers to PINGs that wait to be written take no more than this; beyond
/// it a peer that asks without reading gets none (RFC 37: "To avoid PONG
/// storms").
constexpr std::size_t max_waiting_output = 4096;

///   idle --start()--> greeting --> handshake --> traffic
///     |                   +------------+------------+--violation--> closed
///     +--start(), raw peer--> raw ----------------------no memory-----+
enum class phase : std::uint8_t {
  idle,
  greeting,
  handshake,
  traffic,
  raw,
  closed,
};

} // namespace

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

struct engine::implementation final : command_sink {
  implementation(engine_options&& given, buffer_source& source)
    : options(std::move(given)), buffers(&source),
      beat({options.heartbeat_interval, options.heartbeat_timeout,
            options.heartbeat_ttl},
           table),
      rewriter(source) {
  }

  void start(time_point now);
  void enter_raw();
  [[nodiscard]] verdict receive(const slab_ref& owner,
                                std::span<const std::byte> bytes);
  [[nodiscard]] verdict enter_handshake();
  void enter_traffic();
  [[nodiscard]] verdict on_command(std::span<const std::byte> body) override;
  [[nodiscard]] verdict on_subscription(bool on,
                                        std::span<const std::byte> topic);
  [[nodiscard]] bool is_type(socket_type one,
                             socket_type other) const noexcept {
    return options.type == one || options.type == other;
  }
  void close(const violation& why);
  /// What has come; null before there can be any.
  [[nodiscard]] batch* delivered() noexcept;
  [[nodiscard]] bool over() const noexcept {
    return state == phase::idle || state == phase::closed;
  }

  engine_options options;
  buffer_source* buffers;
  phase state = phase::idle;
  time_point now{};
  // Gone once the handshake is over: an idle connection stays small.
  std::unique_ptr<mechanism> chosen;
  std::unique_ptr<greeting> hello;
  std::unique_ptr<handshake> opening;
  std::optional<traffic> incoming;
  std::unique_ptr<raw_chunks> chunks; // of a raw peer, instead
  timers table;
  heartbeat beat;
  peer_info peer;
  framing framing_ = framing::v2;
  batch_writer rewriter; // commands as messages
  std::string output;
  bool was_ready = false;
  bool tell_ready = false;
  std::optional<ending> tell_closed;
};

// -- phases -------------------------------------------------------------------

void engine::implementation::start(time_point at) {
  if (state != phase::idle)
    return;
  now = at;
  if (options.raw) {
    enter_raw();
    return;
  }
  state = phase::greeting;
  chosen = std::make_unique<null_mechanism>(ready_metadata(options));
  hello = std::make_unique<greeting>(
    greeting_offer{options.type, options.routing_id, chosen->name(),
                   chosen->as_server()},
    output);
  if (options.handshake_limit > duration::zero())
    table.set(timer::handshake, at + options.handshake_limit);
}

void engine::implementation::enter_raw() {
  state = phase::raw;
  framing_ = framing::raw;
  chunks = std::make_unique<raw_chunks>(*buffers);
  was_ready = tell_ready = true;
}

verdict engine::implementation::receive(const slab_ref& owner,
                                        std::span<const std::byte> bytes) {
  if (state == phase::greeting) {
    hello->receive(bytes, output);
    if (!hello->done())
      return {};
    if (verdict bad = enter_handshake())
      return bad;
  }
  if (state == phase::handshake) {
    if (verdict bad = opening->receive(bytes, output))
      return bad;
    if (!opening->complete())
      return {};
    enter_traffic();
  }
  if (state == phase::raw)
    return chunks->receive(owner, bytes);
  return incoming->receive(owner, bytes);
}

batch* engine::implementation::delivered() noexcept {
  if (incoming)
    return &incoming->delivered();
  return chunks ? &chunks->delivered() : nullptr;
}

verdict engine::implementation::enter_handshake() {
  state = phase::handshake;
  opening = std::make_unique<handshake>(options, *hello, std::move(chosen));
  if (verdict bad = opening->begin(output))
    return bad;
  std::span<const std::byte> again = hello->taken_back();
  return opening->receive(again, output);
}

void engine::implementation::enter_traffic() {
  state = phase::traffic;
  framing_ = opening->peers_framing();
  incoming.emplace(framing_, opening->traffic_limits(), *buffers, *this);
  peer = opening->take_peer();
  opening.reset();
  hello.reset();
  table.clear(timer::handshake);
  if (peer.spoken >= revision::zmtp_3_0)
    beat.start(now);
  was_ready = tell_ready = true;
}

verdict engine::implementation::on_command(std::span<const std::byte> body) {
  command received;
  if (verdict bad = parse_command(body, received))
    return bad;
  switch (received.kind) {
  case command_kind::ping: {
    ping question;
    if (verdict bad = parse_ping(received.data, question))
      return bad;
    beat.on_ping(question.ttl_deciseconds, now);
    if (output.size() < max_waiting_output)
      append_pong(output, question.context);
    return {};
  }
  case command_kind::pong:
    return {};
  case command_kind::subscribe:
  case command_kind::cancel:
    // As libzmq, those whom it does not concern do not mind it.
    if (is_type(socket_type::pub, socket_type::xpub))
      return on_subscription(received.kind == command_kind::subscribe,
                             received.data);
    return {};
  case command_kind::join:
  case command_kind::leave:
    if (is_type(socket_type::radio, socket_type::radio))
      return on_subscription(received.kind == command_kind::join,
                             received.data);
    return {};
  case command_kind::error:
    return refused_by_peer(received.data);
  case command_kind::ready:
  case command_kind::unknown:
    break;
  }
  // libzmq ignores these. A peer that knows our revision has no use for
  // them, so that they are garbage here.
  return broken(protocol_detail::unexpected_command);
}

/// Publishers read it as what a peer before 3.1 sends instead: a message.
verdict
engine::implementation::on_subscription(bool on,
                                        std::span<const std::byte> topic) {
  const std::string body =
    to_text({on, {reinterpret_cast<const char*>(topic.data()), topic.size()}});
  if (!rewriter.append(incoming->delivered(), message{std::string_view{body}}))
    return out_of_memory();
  return {};
}

void engine::implementation::close(const violation& why) {
  // What is left of the greeting and the handshake is still owed to the peer.
  if (was_ready)
    output.clear();
  state = phase::closed;
  table.clear_all();
  hello.reset();
  opening.reset();
  ending end{why.reason, event_kind::disconnected,
             static_cast<std::uint32_t>(why.detail), why.text};
  if (why.auth_status != 0) {
    end.failure = event_kind::handshake_failed_auth;
    end.detail = why.auth_status;
  } else {
    end.failure = why.detail == protocol_detail::none
                    ? event_kind::handshake_failed_no_detail
                    : event_kind::handshake_failed_protocol;
  }
  if (was_ready)
    end.failure = event_kind::disconnected;
  tell_closed = std::move(end);
}

// -- the world to the engine --------------------------------------------------

engine::engine(engine_options options, buffer_source& buffers)
  : impl_(std::make_unique<implementation>(std::move(options), buffers)) {
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
  return impl_->incoming->direct_target();
}

void engine::received_direct(std::size_t size, time_point now) {
  if (impl_->state != phase::traffic || size == 0)
    return;
  impl_->now = now;
  impl_->beat.heard(now);
  if (verdict bad = impl_->incoming->received_direct(size))
    impl_->close(*bad);
}

void engine::set_reading(bool reading, time_point now) {
  if (impl_->state == phase::traffic)
    impl_->beat.set_reading(reading, now);
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
  if (std::exchange(impl_->tell_ready, false)) {
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
  const slab_ref copy = impl_->buffers->take(output.size());
  if (!copy) {
    impl_->close(*out_of_memory());
    return;
  }
  std::memcpy(copy->data(), output.data(), output.size());
  to.append(copy, copy->data(), output.size());
  output.clear();
  impl_->beat.written();
}

std::optional<time_point> engine::deadline() const noexcept {
  return impl_->table.next();
}

// -- commands, after ready ----------------------------------------------------

bool engine::canonical() const noexcept {
  return impl_->framing_ == framing::v2;
}

bool engine::transcode(const batch& messages, batch& wire) {
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
