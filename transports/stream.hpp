// SPDX-License-Identifier: MPL-2.0
//
// A connected stream of bytes (tcp, ipc, simulated), the acceptor that yields
// such streams and the dialer that makes one. All of them belong to one
// reactor: every call and every callback happens on its thread. Callbacks are
// never made from within a call; an object may not be destroyed before its
// on_closed() (an acceptor, dialer or stream that was never started excepted).

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <sys/types.h>

#include "libzmqrt/message/batch.hpp"
#include "transports/address.hpp"

namespace zmqrt::transports {

/// What the kernel is asked for, per stream. -1: the system's default.
struct stream_options {
  int sndbuf = -1; ///< bytes
  int rcvbuf = -1;
  int tcp_keepalive = -1; ///< 0 off, 1 on
  int tcp_keepalive_cnt = -1;
  int tcp_keepalive_idle = -1;  ///< seconds
  int tcp_keepalive_intvl = -1; ///< seconds
  int tcp_maxrt = 0;            ///< milliseconds, TCP_USER_TIMEOUT; 0: system
  int tos = 0;
  int priority = 0;
  int busy_poll = 0; ///< microseconds, SO_BUSY_POLL; 0: system
  /// Empty: `reno` towards loopback, else the system's choice.
  std::string tcp_congestion;
  std::string bind_to_device;
  bool multishot_recv = true;
  /// Per read, at most; what has a direct_target() apart.
  std::size_t recv_batch_bytes = 64 * 1024;
  /// Per write, at most. It costs 7.5 us and 0.1 us per KiB (measured): more at
  /// a time gains little and keeps the others of the loop waiting.
  std::size_t send_batch_bytes = 256 * 1024;
};

class stream_handler {
public:
  /// `bytes` is a part of `owner` that nobody writes any more; keep the
  /// reference to keep them.
  virtual void on_received(const slab_ref& owner,
                           std::span<const std::byte> bytes) = 0;
  /// Asked before each read: where the next bytes should go. Empty: anywhere.
  /// The span stays valid until on_received_direct() or on_closed().
  virtual std::span<std::byte> direct_target() = 0;
  /// `size` bytes went to the start of the last direct_target().
  virtual void on_received_direct(std::size_t size) = 0;
  /// The kernel accepted `size` more bytes of what send() was given.
  virtual void on_sent(std::size_t size) = 0;
  /// Nothing more will be received: the peer's end (empty code) or an error.
  /// Everything that the kernel still held was delivered before. Sending may
  /// still work after an orderly end.
  virtual void on_receive_end(std::error_code why) = 0;
  /// Sending failed; nothing more will be accepted.
  virtual void on_send_failed(std::error_code why) = 0;
  /// The last callback: after close(), no operation refers to any buffer any
  /// more and on_sent() has told all that the kernel took.
  virtual void on_closed() = 0;

protected:
  ~stream_handler() = default;
};

/// The process that made the other end of an ipc stream.
struct peer_credentials {
  pid_t pid = 0; ///< 0: it cannot be seen from here
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups; ///< supplementary ones
};

class stream {
public:
  virtual ~stream() = default;

  /// Once, before anything else.
  virtual void start(stream_handler& handler) = 0;
  /// Starts or pauses receiving (initially paused). Bytes already on their
  /// way (at most a few reads) may still be delivered after a pause.
  virtual void receive(bool on) = 0;
  /// Sends all of `bytes`, which stay the caller's and unchanged until
  /// on_sent() has told all of them, on_send_failed() or on_closed(). One
  /// send at a time.
  virtual void send(const batch& bytes) = 0;
  /// Ends our sending side in order, after a finished send.
  virtual void shutdown_send() = 0;
  /// Cancels what is in flight and closes; on_closed() follows, always.
  virtual void close() = 0;

  [[nodiscard]] virtual const address& local() const noexcept = 0;
  [[nodiscard]] virtual const address& remote() const noexcept = 0;
  /// Of ipc, as it was when the peer connected; none: of others.
  [[nodiscard]] virtual std::optional<peer_credentials> credentials() const {
    return std::nullopt;
  }
};

class accept_handler {
public:
  virtual void on_accepted(std::unique_ptr<stream> connection) = 0;
  /// Accepting stopped (EMFILE, ENFILE, ENOBUFS, ENOMEM, ...) until resume().
  virtual void on_accept_failed(std::error_code why) = 0;
  virtual void on_acceptor_closed() = 0;

protected:
  ~accept_handler() = default;
};

struct listen_options {
  int backlog = 100;
  bool ipv6_only = false;
  /// A listening socket to take over instead of a new one, of the address's
  /// kind (tcp or ipc; the rest of the address does not matter); -1: none. It
  /// stays the caller's where listening fails.
  int use_fd = -1;
  stream_options stream; ///< of what is accepted
};

/// A bound, listening endpoint; accepts until close().
class acceptor {
public:
  virtual ~acceptor() = default;
  virtual void start(accept_handler& handler) = 0;
  virtual void resume() = 0;
  /// The endpoint is free (an ipc file of ours is removed) when
  /// on_acceptor_closed() is called.
  virtual void close() = 0;
  /// The address really bound (port filled in).
  [[nodiscard]] virtual const address& local() const noexcept = 0;
};

class dial_handler {
public:
  virtual void on_connected(std::unique_ptr<stream> connection) = 0;
  virtual void on_dial_failed(std::error_code why) = 0;
  /// Only after close().
  virtual void on_dial_closed() = 0;

protected:
  ~dial_handler() = default;
};

struct dial_options {
  address source; ///< size() 0: any
  stream_options stream;
};

/// One attempt at a connection: exactly one of on_connected(),
/// on_dial_failed() and, after close(), on_dial_closed() is called.
class dialer {
public:
  virtual ~dialer() = default;
  virtual void start(dial_handler& handler) = 0;
  virtual void close() = 0;
};

} // namespace zmqrt::transports
