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

#include "zmqrt/export.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/socket.hpp"

namespace caf {
class actor_system;
}

namespace zmqrt {

namespace actors {
class context_core;
}

/// What I/O runs on.
enum class io_backend : std::uint8_t { automatic, io_uring, epoll };

struct context_options {
  /// Reactors, each with a thread of its own (IO_THREADS). At least 1.
  int io_threads = 1;
  /// Open sockets at most (MAX_SOCKETS).
  int max_sockets = 1023;
  /// LINGER of the context's sockets, unless they set their own.
  std::chrono::milliseconds linger = infinite;
  /// IPV6 of the context's sockets, unless they set their own.
  bool ipv6 = false;
  /// automatic: io_uring where the kernel grants a ring, else epoll.
  io_backend backend = io_backend::automatic;
  /// Threads are called PREFIX/io-N (THREAD_NAME_PREFIX).
  std::string thread_name_prefix = "zmqrt";
};

/// A socket that still lingered when term_for() ran out of time.
struct unfinished_work {
  std::string socket; ///< its type
  std::uint64_t queued_messages = 0;
};

/// Not copyable; every member may be called from any thread. The destructor
/// is term(); on one of the runtime's own threads, where it must not wait, it
/// goes on behind it. In a forked child it does nothing. One that was moved
/// from is a context that has ended: socket() answers terminated, the others
/// have nothing to do.
class ZMQRT_EXPORT context {
public:
  /// With an actor system of its own. Errors: invalid_argument (an option out
  /// of range), not_supported (io_uring asked for by name and refused),
  /// no_io_thread (a thread cannot be started), too_many_open, no_memory.
  context();
  explicit context(const context_options& options);
  /// Its actors live in `system`, whose scheduler is left alone. The context
  /// must end before the system.
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
