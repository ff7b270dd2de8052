// SPDX-License-Identifier: MPL-2.0
//
// A UDP endpoint: datagrams in, datagrams out. It belongs to one reactor, as a
// stream does (stream.hpp): every call and every callback happens on its
// thread, no callback is made from within a call, and it may not be destroyed
// before on_datagram_closed() (one that was never started excepted).

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <sys/socket.h>

#include "transports/address.hpp"

namespace zmqrt::transports {

struct datagram_options {
  /// The address is ours, or that of a multicast group to join; false: it is
  /// where datagrams go, and nothing is received.
  bool bound = true;
  /// Of a multicast group: a network interface's name or address; empty or
  /// "*": the system's choice.
  std::string interface;
  int sndbuf = -1; ///< bytes; -1: the system's default
  int rcvbuf = -1;
  int tos = 0;
  int priority = 0;
  int multicast_hops = 1;
  bool multicast_loop = true;
  std::string bind_to_device;
  /// Longer ones that come are dropped; at most 64 KiB, which none exceeds.
  std::size_t longest = std::size_t{64} * 1024;
};

struct received_datagram {
  std::span<const std::byte> bytes;
  const sockaddr* from = nullptr;
  socklen_t from_size = 0;
};

/// Two pieces, so that a header need not be copied in front of a body.
struct outgoing_datagram {
  std::span<const std::byte> head;
  std::span<const std::byte> body;
  /// Null: the address that the endpoint was opened with.
  const address* to = nullptr;
};

/// How many datagrams, ever.
struct datagram_counts {
  std::uint64_t sent = 0;     ///< the kernel has them
  std::uint64_t refused = 0;  ///< the kernel would not have them
  std::uint64_t received = 0; ///< handed up
  std::uint64_t cut = 0;      ///< longer than `longest`
};

class datagram_handler {
public:
  /// What has come, in order. Valid during the call only.
  virtual void on_datagrams(std::span<const received_datagram> datagrams) = 0;
  /// There is room again after send() was cut short.
  virtual void on_sendable() = 0;
  /// The last callback, after close().
  virtual void on_datagram_closed() = 0;

protected:
  ~datagram_handler() = default;
};

class datagram {
public:
  virtual ~datagram() = default;

  /// Once, before anything else.
  virtual void start(datagram_handler& handler) = 0;
  /// Starts or pauses receiving (initially paused). What comes meanwhile waits
  /// in the kernel, as far as RCVBUF reaches; the rest is lost.
  virtual void receive(bool on) = 0;
  /// Answers how many of these, from the first on, are done with: the kernel
  /// has them, or refused them, which ends nothing but themselves. If these are
  /// not all, on_sendable() follows.
  [[nodiscard]] virtual std::size_t
  send(std::span<const outgoing_datagram> what) = 0;
  /// on_datagram_closed() follows, always.
  virtual void close() = 0;

  /// Ours, with its port, or the group; size() 0 where nothing is bound.
  [[nodiscard]] virtual const address& local() const noexcept = 0;
  /// The family of all addresses here.
  [[nodiscard]] virtual int family() const noexcept = 0;
  [[nodiscard]] virtual const datagram_counts& counts() const noexcept = 0;
};

} // namespace zmqrt::transports
