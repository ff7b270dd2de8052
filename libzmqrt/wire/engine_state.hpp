// SPDX-License-Identifier: MPL-2.0
//
// What is in an engine: its phase, and the parts that each phase has. For the
// engine's own two sources alone.

#pragma once

#include "libzmqrt/wire/boxed_input.hpp"
#include "libzmqrt/wire/engine.hpp"
#include "libzmqrt/wire/greeting.hpp"
#include "libzmqrt/wire/handshake.hpp"
#include "libzmqrt/wire/heartbeat.hpp"
#include "libzmqrt/wire/raw_chunks.hpp"
#include "libzmqrt/wire/timers.hpp"
#include "libzmqrt/wire/traffic.hpp"

namespace zmqrt::wire {

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

struct engine::implementation final : command_sink {
  implementation(engine_options&& given, buffer_source& source,
                 std::unique_ptr<mechanism>&& security)
    : options(std::move(given)), buffers(&source), chosen(std::move(security)),
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
  [[nodiscard]] verdict see_handshake(std::span<const std::byte> behind);
  [[nodiscard]] verdict on_answer(const auth_answer& answer);
  [[nodiscard]] verdict enter_traffic();
  [[nodiscard]] verdict on_command(std::span<const std::byte> body) override;
  [[nodiscard]] verdict on_subscription(bool on,
                                        std::span<const std::byte> topic);
  [[nodiscard]] bool is_type(socket_type one,
                             socket_type other) const noexcept {
    return options.type == one || options.type == other;
  }
  [[nodiscard]] bool write_output(batch& to);
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
  std::string early; // what came while somebody decided about the peer
  std::optional<traffic> incoming;
  // With a mechanism that encrypts: what comes and goes by them.
  std::unique_ptr<cipher> box_cipher;
  std::unique_ptr<boxed_input> box_input;
  std::unique_ptr<raw_chunks> chunks; // of a raw peer, instead
  timers table;
  heartbeat beat;
  peer_info peer;
  framing framing_ = framing::v2;
  batch_writer rewriter; // commands as messages
  std::string output;
  std::size_t plain_output = 0; // of it, the handshake's, never boxed
  bool was_ready = false;
  bool asked = false; // and not yet answered
  bool tell_question = false;
  bool tell_ready = false;
  std::optional<ending> tell_closed;
};

} // namespace zmqrt::wire
