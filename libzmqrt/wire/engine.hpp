// SPDX-License-Identifier: MPL-2.0
//
// The wire engine: one ZMTP connection without its socket (RFC 37; falls back
// to 23, 15 and 13 as libzmq does). Bytes and time in, events and bytes out.
// Never throws, logs, blocks or reads a clock; belongs to one session.
//
//   greeting -> handshake -> traffic -> closed
//
// Of a peer without ZMTP (engine_options::raw) it knows nothing: there is no
// greeting, and whatever comes are messages.
//
// Order of use. After each of start(), receive(), received_direct(),
// authenticated(), refuse() and tick(): drain next_event() until it is empty,
// then write what take_output() gives, then ask deadline(). Output goes out
// before any later batch, and only between whole batches. After a violation the
// engine is poisoned: one `closed` event, then nothing more, and it eats what
// comes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/message/time.hpp"
#include "libzmqrt/wire/authentication.hpp"
#include "libzmqrt/wire/mechanism.hpp"
#include "zmqrt/event.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::wire {

struct engine_options {
  socket_type type = socket_type::pair;
  bool listening = false; ///< the connection was accepted (as-server)
  /// The peer speaks no ZMTP: it is ready at once, each piece of bytes that
  /// comes is a message of one frame, and of what is sent the bodies are
  /// written. No limit, handshake or heartbeat below applies.
  bool raw = false;
  std::string routing_id;
  /// More metadata for READY, already checked ("X-..." and the like).
  std::vector<std::pair<std::string, std::string>> metadata;
  std::int64_t max_message_size = -1; ///< bytes, -1: no limit (MAXMSGSIZE)
  duration handshake_limit{};         ///< in total; zero: none
  duration heartbeat_interval{};      ///< zero: no PINGs
  duration heartbeat_timeout{};       ///< silence after a PING that ends it
  duration heartbeat_ttl{};           ///< told to the peer, in PING
  std::size_t max_command_size = 64 * 1024;
  std::size_t max_frames_per_message = most_frames;
};

enum class revision : std::uint8_t { zmtp_1_0, zmtp_2_0, zmtp_3_0, zmtp_3_1 };

/// "ZMTP/3.1" and the like; a literal.
[[nodiscard]] std::string_view to_string(revision spoken) noexcept;

struct peer_info {
  revision spoken = revision::zmtp_3_1;
  std::optional<socket_type> type; ///< 1.0 peers do not say
  std::string routing_id;
  peer_properties properties; ///< Socket-Type, Routing-Id, and others
};

/// The connection is over. `failure` is the monitor event it amounts to:
/// handshake_failed_* before ready, disconnected after; `detail` libzmq's
/// protocol error code (ZMQ_PROTOCOL_ERROR_*, zmq_socket_monitor(3)) or 0.
struct ending {
  std::error_code reason;
  event_kind failure = event_kind::disconnected;
  std::uint32_t detail = 0;
  std::string text; ///< the peer's reason, if it sent ERROR
};

struct engine_event {
  enum class kind : std::uint8_t {
    none,
    authenticate, ///< who may come in? To be answered, in time
    ready,        ///< the handshake is over, peer() is complete
    delivered,    ///< whole messages, in canonical framing
    closed,       ///< the connection is over
  };
  kind what = kind::none;
  batch messages;         ///< of delivered
  ending closed;          ///< of closed
  auth_question question; ///< of authenticate
};

class engine {
public:
  /// `chosen` is the security mechanism; null: NULL, where nobody is asked.
  engine(engine_options options, buffer_source& buffers,
         std::unique_ptr<mechanism> chosen = nullptr);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // -- the world to the engine ----------------------------------------------

  /// Queues the first stage of the greeting. The handshake limit counts from
  /// here.
  void start(time_point now);

  /// Bytes from the peer, a part of `owner` that nobody else writes or reads
  /// any more: boxes are opened in place. The engine keeps references to it as
  /// long as it needs them.
  void receive(const slab_ref& owner, std::span<const std::byte> bytes,
               time_point now);

  /// In the middle of a large frame: where its next bytes should be read to
  /// directly, if the stream can. Empty: read into any buffer. Valid until
  /// the next call of receive() or received_direct().
  [[nodiscard]] std::span<std::byte> direct_target() noexcept;

  /// `size` bytes were read to the start of direct_target().
  void received_direct(std::size_t size, time_point now);

  /// The session stopped reading (back-pressure), or reads again. While it
  /// does not, silence is not held against the peer. Reading is assumed.
  void set_reading(bool reading, time_point now);

  /// The answer to `authenticate`. Late, unasked for, or given twice: nothing
  /// happens. While it is awaited, the peer has nothing to say; what it says
  /// waits here, up to a limit.
  void authenticated(const auth_answer& answer, time_point now);
  /// The same, where there is no proper answer: the connection ends so.
  void refuse(const violation& why, time_point now);

  /// Time has come to deadline().
  void tick(time_point now);

  // -- the engine to the world ----------------------------------------------

  /// Fills `out` and answers true, or answers false: nothing happened. `out`
  /// is reused from call to call: its batch keeps its memory.
  [[nodiscard]] bool next_event(engine_event& out);

  /// Greeting, handshake and command bytes waiting to be written.
  [[nodiscard]] bool has_output() const noexcept;
  /// Moves them behind what is in `to` (they count no messages).
  void take_output(batch& to);

  /// When tick() wants to be called next.
  [[nodiscard]] std::optional<time_point> deadline() const noexcept;

  // -- commands, after ready ------------------------------------------------

  /// Whether this peer reads canonical batches as they are (ZMTP 2.0, 3.x
  /// without encryption). If not, transcode() makes what it reads.
  [[nodiscard]] bool canonical() const noexcept;
  /// Appends to `wire` what this peer reads for `messages`, message by
  /// message. What it and take_output() give has to be written in the order
  /// of their calls. False: no memory, and the connection is lost.
  [[nodiscard]] bool transcode(const batch& messages, batch& wire);
  /// How many of the first `messages` lie wholly within the first `accepted`
  /// bytes of `wire`, which is what was written of them for this peer
  /// (themselves, or transcoded) without any engine output in it.
  [[nodiscard]] std::uint64_t whole_messages(const batch& messages,
                                             const batch& wire,
                                             std::size_t accepted) const;

  // -- getters --------------------------------------------------------------

  [[nodiscard]] bool is_ready() const noexcept;
  [[nodiscard]] const peer_info& peer() const noexcept;

private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

} // namespace zmqrt::wire
