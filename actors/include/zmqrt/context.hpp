// SPDX-License-Identifier: MPL-2.0
//
// The context: the home of sockets, their reactors and their inproc names.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zmqrt/context_options.hpp"
#include "zmqrt/export.hpp"
#include "zmqrt/socket.hpp"

namespace caf {
class actor_system;
}

namespace zmqrt {

namespace actors {
class context_core;
}

/// A socket that still lingered when term_for() ran out of time.
struct unfinished_work {
  std::string socket; ///< its type
  std::uint64_t queued_messages = 0;
};

/// Not copyable; every member may be called from any thread. The destructor
/// is term(); on one of the runtime's own threads, where it must not wait, it
/// goes on behind it. In a forked child it does nothing. One that was moved
/// from is a context that has ended: what opens, sets or gets answers
/// terminated, the others have nothing to do.
class ZMQRT_EXPORT context {
public:
  /// With an actor system of its own. Errors: invalid_argument (an option out
  /// of range, a CPU that the process may not have), access_denied (a
  /// scheduling policy that it may not have), not_supported (io_uring asked for
  /// by name and refused), no_io_thread (a thread cannot be started),
  /// too_many_open, no_memory.
  context();
  explicit context(const context_options& options);
  /// Its actors live in `system`, whose scheduler is left alone. The context
  /// must end before the system: one that is still there ends the process
  /// (abort(), with a line to the log and to stderr). For a context that the
  /// system owns see zmqrt/actors/module.hpp.
  explicit context(caf::actor_system& system,
                   const context_options& options = {});
  context(context&& other) noexcept;
  context& operator=(context&&) = delete;
  ~context();

  /// Opens a socket. Errors: terminated, too_many_open (max_sockets),
  /// not_supported (no socket type).
  [[nodiscard]] zmqrt::socket socket(socket_type type);

  /// Blocking verbs of all sockets, waiting ones included, answer
  /// errc::terminated from now on (zmq_ctx_shutdown(3)). Never blocks.
  void shutdown() noexcept;

  /// shutdown(), closes every socket, and waits until all of them have
  /// lingered as their LINGER says (zmq_ctx_term(3)). May be called again.
  void term();
  /// Like term(), but waits at most `limit`, negative: without limit. True:
  /// all is over. False: it goes on behind the scenes; unfinished() names what
  /// is left.
  bool term_for(std::chrono::milliseconds limit);
  /// Sockets that are not over yet, with the messages still queued in them.
  [[nodiscard]] std::vector<unfinished_work> unfinished() const;

  /// What it was made with, and set_raw() has changed since.
  [[nodiscard]] context_options options() const;
  /// zmq_ctx_set(3), for sockets that are opened from now on: MAX_SOCKETS,
  /// IPV6, BLOCKY, MAX_MSGSZ, ZERO_COPY_RECV. Errors: invalid_argument (as
  /// zmqrt::set_raw(); any other option comes too late), terminated.
  void set_raw(int number, int value);
  /// zmq_ctx_get(3), also of one that has ended. Errors: as zmqrt::get_raw().
  [[nodiscard]] int get_raw(int number) const;

  /// "io_uring" or "epoll": what the reactors really run on.
  [[nodiscard]] std::string_view backend() const noexcept;

private:
  friend class actors::context_core;
  explicit context(std::shared_ptr<actors::context_core> core) noexcept
    : core_(std::move(core)) {
  }

  std::shared_ptr<actors::context_core> core_;
};

} // namespace zmqrt
