// SPDX-License-Identifier: MPL-2.0
//
// Waiting for any of many sockets, monitors and file descriptors
// (zmq_poller(3), zmq_poll(3)). Level-triggered: what holds is told by every
// wait() until it is dealt with. A wait costs what is ready, not what is
// registered.
//
// One thread waits; all other members may be called from any thread, also
// meanwhile. A socket that is registered is not kept open by that; once it is
// closed it is told as an error until it is removed.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "zmqrt/export.hpp"
#include "zmqrt/monitor.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt {

namespace actors {
class poller_core;
class readiness_core;
} // namespace actors

/// What to wait for, and what has come (zmq_poll(3)).
enum class poll_events : std::uint8_t {
  none = 0,
  in = 1,  ///< a receive would not block
  out = 2, ///< a send would not block
  /// Never asked for: the socket is closed or its context has ended, or the
  /// file descriptor has an error or has hung up.
  error = 4,
};

[[nodiscard]] constexpr poll_events operator|(poll_events a,
                                              poll_events b) noexcept {
  return static_cast<poll_events>(static_cast<unsigned>(a)
                                  | static_cast<unsigned>(b));
}
/// Whether `all` has any event of `some`.
[[nodiscard]] constexpr bool has(poll_events all, poll_events some) noexcept {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(some)) != 0;
}

/// One that is ready.
struct poll_result {
  std::uint64_t tag = 0; ///< as given to add()
  poll_events events = poll_events::none;
  int fd = -1; ///< of a file descriptor
  /// Of a socket, while it is open.
  zmqrt::socket socket;
};

class ZMQRT_EXPORT poller {
public:
  /// Errors: too_many_open, no_memory.
  poller();
  poller(poller&&) noexcept = default;
  poller& operator=(poller&&) noexcept = default;
  ~poller();

  /// Registers a socket, a monitor (for `in`), or a file descriptor, which
  /// stays the caller's. Errors: invalid_argument (registered already, or not
  /// a descriptor that can be waited for), not_a_socket, no_memory.
  void add(const socket& what, poll_events wanted, std::uint64_t tag = 0);
  void add(const monitor& what, std::uint64_t tag = 0);
  void add(int fd, poll_events wanted, std::uint64_t tag = 0);
  /// Waits for something else from now on. Error: invalid_argument (it is not
  /// registered).
  void modify(const socket& what, poll_events wanted);
  void modify(int fd, poll_events wanted);
  /// Error: invalid_argument (it is not registered).
  void remove(const socket& what);
  void remove(const monitor& what);
  void remove(int fd);
  /// How many are registered.
  [[nodiscard]] std::size_t size() const;

  /// Waits up to `limit`, negative: without limit, until something is ready
  /// or interrupt() is called; fills `into`, cleared first, and answers how
  /// many are ready, 0: none. Errors: fsm (another thread waits here),
  /// would_deadlock (it would wait on one of the runtime's own threads).
  std::size_t wait(std::vector<poll_result>& into,
                   std::chrono::milliseconds limit = infinite);
  [[nodiscard]] std::vector<poll_result>
  wait(std::chrono::milliseconds limit = infinite);
  /// Ends the wait() that is under way, or else the next one, at once.
  void interrupt() noexcept;

private:
  std::shared_ptr<actors::poller_core> core_;
};

/// A file descriptor for a foreign event loop, which is readable while one of
/// the asked events holds; a change shows a moment later, where another thread
/// brings it about. Only to be waited for: it must not be read. Any thread. It
/// may outlive its socket, and is readable from the end on.
class ZMQRT_EXPORT readiness {
public:
  /// Errors: not_a_socket, too_many_open, no_memory.
  readiness(const socket& of, poll_events wanted);
  readiness(readiness&&) noexcept = default;
  readiness& operator=(readiness&&) noexcept = default;
  ~readiness();

  [[nodiscard]] int fd() const noexcept;

private:
  std::shared_ptr<actors::readiness_core> core_;
};

} // namespace zmqrt
