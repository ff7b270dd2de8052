// SPDX-License-Identifier: MPL-2.0
//
// A socket's handle: cheap to copy, all copies are the same socket, every
// member may be called from any thread. When the last copy is gone the socket
// closes, without waiting, and lingers as LINGER says. Handles may outlive
// their context.
//
// Unless said otherwise verbs throw zmqrt::error: not_a_socket on a closed or
// moved-from handle, terminated once the context is shut down, not_supported
// where the socket type does not offer the verb, would_deadlock where a verb
// would wait on one of the runtime's own threads.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "zmqrt/event.hpp"
#include "zmqrt/export.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/monitor.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/peer_info.hpp"
#include "zmqrt/socket_type.hpp"
#include "zmqrt/statistics.hpp"

namespace zmqrt {

class receive_operation;
class send_operation;

namespace actors {
class socket_body;
struct socket_access;
} // namespace actors

class ZMQRT_EXPORT socket {
public:
  using milliseconds = std::chrono::milliseconds;

  /// Not a socket: every verb answers not_a_socket.
  socket() noexcept = default;

  // -- endpoints ------------------------------------------------------------

  /// Binds and answers the resolved endpoint ("tcp://127.0.0.1:49213"), which
  /// is last_endpoint too. Waits for the reactor. Errors: invalid_argument,
  /// protocol_not_supported, no_compatible_protocol (udp is for RADIO, DISH and
  /// DGRAM), address_in_use, address_not_available, no_such_device,
  /// access_denied, name_too_long, too_many_open, no_io_thread (AFFINITY names
  /// none that is there), and on inproc connection_refused, where the types do
  /// not fit.
  std::string bind(std::string_view endpoint);
  /// Connects, now and again after each loss, until disconnect(). Does not
  /// wait for the connection; on udp it waits for a host name's addresses.
  /// Errors: as bind(), and on udp host_unreachable (no such name).
  void connect(std::string_view endpoint);
  /// PEER: connects, and answers the routing id that messages to this peer
  /// have to have (zmq_connect_peer(3)). Errors: not_supported for other
  /// types; invalid_argument with IMMEDIATE; as connect().
  std::uint32_t connect_peer(std::string_view endpoint);
  /// Stops listening there; returns when the endpoint is free. Connections
  /// accepted there live on. Error: no_such_endpoint.
  void unbind(std::string_view endpoint);
  /// Ends a connect(), also one still pending; what is queued for it lingers
  /// behind the call. Error: no_such_endpoint.
  void disconnect(std::string_view endpoint);

  // -- sending --------------------------------------------------------------
  //
  // send() waits as long as SNDTIMEO says, then throws again. A message that
  // was not accepted is not queued; one that was is delivered, or dropped
  // only where ZeroMQ drops. Errors beyond the general ones: again,
  // invalid_argument (no frame at all), message_too_long (more than 65536
  // frames, or more bytes than the context's MAX_MSGSZ), no_memory.

  /// One frame.
  void send(std::string_view text);
  void send(const char* text) {
    send(std::string_view{text});
  }
  void send(std::span<const std::byte> bytes);
  void send(const message& what);
  /// Moved from only when it was accepted.
  void send(message&& what);
  /// Say which it is: one frame, or message{"a", "b"}.
  void send(std::initializer_list<std::string_view>) = delete;

  /// False: it would block.
  [[nodiscard]] bool try_send(std::string_view text);
  [[nodiscard]] bool try_send(const message& what);
  /// Moved from only when the answer is true.
  [[nodiscard]] bool try_send(message&& what);
  /// False: it did not fit within `limit`; negative: no limit.
  [[nodiscard]] bool send_for(const message& what, milliseconds limit);
  [[nodiscard]] bool send_for(message&& what, milliseconds limit);
  /// Moves from the first n that fit and answers n; waits for the first only,
  /// as SNDTIMEO says.
  [[nodiscard]] std::size_t send_batch(std::span<message> what);
  [[nodiscard]] std::size_t try_send_batch(std::span<message> what);

  // -- receiving ------------------------------------------------------------

  /// Waits as long as RCVTIMEO says, then throws again.
  [[nodiscard]] message recv();
  [[nodiscard]] std::optional<message> try_recv();
  /// None: nothing came within `limit`; negative: no limit.
  [[nodiscard]] std::optional<message> recv_for(milliseconds limit);
  /// Waits for the first as RCVTIMEO says, then takes what is there, up to
  /// `most`.
  [[nodiscard]] std::vector<message> recv_batch(std::size_t most);
  /// Fills `into`, cleared first, and answers how many there are.
  std::size_t recv_batch(std::vector<message>& into, std::size_t most);
  [[nodiscard]] std::vector<message> try_recv_batch(std::size_t most);

  // -- coroutines -----------------------------------------------------------
  //
  // To be awaited; zmqrt/coroutine.hpp says where, and what cancelling means.

  /// `co_await` answers the next message, and throws what recv() does.
  [[nodiscard]] receive_operation async_recv() const;
  /// Sends it whole, when there is room; throws what send() does.
  [[nodiscard]] send_operation async_send(message what) const;

  // -- options --------------------------------------------------------------

  /// Sets an option of zmq_setsockopt(3). A wrong type does not compile; a
  /// value out of range throws invalid_argument and names the option.
  template <class Key, class Value>
  requires settable_with<Key, Value>
  void set(Key, const Value& value) {
    set_value(Key::id, option_value{typename Key::value_type(value)});
  }
  /// Gets an option of zmq_getsockopt(3); set-only ones do not compile.
  template <class Key>
  requires gettable<Key>
  [[nodiscard]] typename Key::value_type get(Key) const {
    return std::get<typename Key::value_type>(get_value(Key::id));
  }
  /// By libzmq's number and representation. Error: invalid_argument.
  void set_raw(int id, std::span<const std::byte> value);
  [[nodiscard]] std::vector<std::byte> get_raw(int id) const;

  /// SUB (and XPUB with XPUB_MANUAL): messages whose first frame starts with
  /// `topic` are wanted from now on; "" is all. Topics are counted: as many
  /// unsubscribe() end it. The same as setting the options (zmq_setsockopt(3),
  /// ZMQ_SUBSCRIBE).
  void subscribe(std::string_view topic) {
    set(option::subscribe, topic);
  }
  void unsubscribe(std::string_view topic) {
    set(option::unsubscribe, topic);
  }

  /// DISH: messages of this group are wanted from now on, or no longer
  /// (zmq_join(3), zmq_leave(3)). Errors: not_supported for other types;
  /// invalid_argument for a group that was joined already, or was not, or is
  /// none (message::set_group()).
  void join(std::string_view group);
  void leave(std::string_view group);

  // -- peers ----------------------------------------------------------------
  //
  // What is known of who is connected now, its handshake over. Never waits;
  // peers come and go meanwhile.

  [[nodiscard]] std::vector<zmqrt::peer_info> peers() const;
  /// Of one of them; none: it is not connected. At a ROUTER that is who the
  /// routing id reaches, elsewhere the first peer that calls itself so
  /// (zmq_socket_get_peer_state(3) answers `writable`).
  [[nodiscard]] std::optional<zmqrt::peer_info>
  peer_info(std::string_view routing_id) const;
  /// SERVER and PEER: by message::routing_id(). Elsewhere: none.
  [[nodiscard]] std::optional<zmqrt::peer_info>
  peer_info(std::uint32_t routing_number) const;

  // -- life -----------------------------------------------------------------

  [[nodiscard]] socket_type type() const;
  /// What it has sent, received and dropped so far. Does not wait.
  [[nodiscard]] socket_statistics statistics() const;
  /// Events of this socket from now on: those whose bits are in `mask`, a sum
  /// of event_kind values (zmq_socket_monitor(3)), and monitor_stopped.
  /// congestion_events have to be asked for. Does not wait.
  [[nodiscard]] zmqrt::monitor monitor(std::uint32_t mask = all_events);
  /// Closes all copies; returns when the endpoints are free. Lingering goes
  /// on behind it. Threads inside wake with not_a_socket.
  void close();
  /// Like close(), and waits up to `limit` for lingering, negative: without
  /// limit. False: not over.
  bool close_for(milliseconds limit);
  [[nodiscard]] explicit operator bool() const noexcept {
    return body_ != nullptr;
  }
  friend bool operator==(const socket& a, const socket& b) noexcept {
    return a.body_ == b.body_;
  }

private:
  friend struct actors::socket_access;

  void set_value(int id, option_value value);
  [[nodiscard]] option_value get_value(int id) const;
  [[nodiscard]] actors::socket_body& body() const;

  std::shared_ptr<actors::socket_body> body_;
};

} // namespace zmqrt
