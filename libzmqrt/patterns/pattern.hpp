// SPDX-License-Identifier: MPL-2.0
//
// A pattern: the pure policy of a socket type. It is told which pipes exist
// and which of them can take or give a message, and chooses. It holds no
// message and no lock: the gate calls it under its own. (RFC 28 to 31 and
// their kin say what each type must choose.)

#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "zmqrt/socket_type.hpp"

namespace zmqrt::patterns {

/// A gate's number for a pipe; used again only after detach().
using pipe_id = std::uint32_t;

inline constexpr pipe_id no_pipe = std::numeric_limits<pipe_id>::max();

class pattern {
public:
  virtual ~pattern() = default;

  // -- what happens to pipes ------------------------------------------------

  /// A peer is there. False: this socket refuses it (PAIR has one already).
  [[nodiscard]] virtual bool attach(pipe_id pipe) = 0;
  virtual void detach(pipe_id pipe) = 0;
  /// The peer is gone for good, but what it sent can still be read: the pipe
  /// takes nothing more and does not count as a peer. detach() follows once
  /// it is drained.
  virtual void retire(pipe_id pipe) = 0;
  /// The pipe can take messages again, or cannot. Starts as cannot.
  virtual void set_writable(pipe_id pipe, bool writable) = 0;
  /// The pipe has messages to read, or has none. Starts as none.
  virtual void set_readable(pipe_id pipe, bool readable) = 0;

  // -- choices --------------------------------------------------------------

  [[nodiscard]] virtual bool can_send() const noexcept = 0;
  [[nodiscard]] virtual bool can_receive() const noexcept = 0;
  /// Where the next message goes; no_pipe: nowhere now.
  [[nodiscard]] virtual pipe_id next_out() noexcept = 0;
  /// A message went there: the turn passes on.
  virtual void sent(pipe_id pipe) noexcept = 0;
  /// Where the next message is read; no_pipe: nowhere now.
  [[nodiscard]] virtual pipe_id next_in() noexcept = 0;
  virtual void received(pipe_id pipe) noexcept = 0;
  /// What is left on a pipe that ended for good goes to other pipes
  /// (PUSH, DEALER), instead of being dropped.
  [[nodiscard]] virtual bool hands_over() const noexcept = 0;
};

/// Null for a type that is not there yet.
[[nodiscard]] std::unique_ptr<pattern> make_pattern(socket_type type);

} // namespace zmqrt::patterns
