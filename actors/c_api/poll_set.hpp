// SPDX-License-Identifier: MPL-2.0
//
// What one call of zmq_poll(3) or zmq_poller_wait(3) waits for: sockets and
// file descriptors. The sockets are looked at first, which costs no system
// call; only who finds nothing registers with them and sleeps. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <poll.h>

#include "actors/c_api/handle_table.hpp"
#include "actors/c_api/sleeper.hpp"

namespace zmqrt::c_api {

class c_socket;

class poll_set {
public:
  poll_set();
  ~poll_set();
  poll_set(const poll_set&) = delete;
  poll_set& operator=(const poll_set&) = delete;

  // -- what is waited for ----------------------------------------------------
  //
  // `events` are those of zmq_poll(3). Items are numbered as they are added.
  // Errors: no_memory.

  /// False: it is no open socket. Those that are stay in being until clear().
  [[nodiscard]] bool add_socket(void* handle, short events);
  void add_fd(int fd, short events);
  void clear() noexcept;

  // -- waiting ---------------------------------------------------------------

  /// How many items have what they were added for, as soon as one does, and 0
  /// after `timeout_ms`; negative: no limit. Errors: terminated and
  /// not_a_socket (closed meanwhile) of any socket, interrupted (by a signal,
  /// before anything was there), would_deadlock on the runtime's own threads,
  /// too_many_open, no_memory, invalid_argument (more file descriptors than
  /// this process may have).
  [[nodiscard]] int wait(long timeout_ms);
  /// What the item has.
  [[nodiscard]] short events(std::size_t item) const noexcept;

private:
  struct item {
    handle_table::hold call; // without a slot: a file descriptor
    std::size_t fd = 0;      // where it is in fds_
    unsigned wanted = 0;
    unsigned held = 0;
    bool armed = false;
  };
  struct disarm;

  [[nodiscard]] static c_socket& socket_of(const item& which) noexcept;
  /// How many sockets have something. With `arm` those that have not will call.
  [[nodiscard]] int look(bool arm);
  /// How many file descriptors have something, without waiting.
  [[nodiscard]] int look_at_fds();
  [[nodiscard]] int sleep(std::int64_t deadline_ns);

  std::vector<item> items_;
  // Of the items, and at the end one for the sleeper.
  std::vector<pollfd> fds_;
  std::shared_ptr<sleeper> sleeper_;
};

/// The calling thread's own set, empty, for the time of one call: in the long
/// run waiting takes no memory. Errors: no_memory.
class borrowed_set {
public:
  borrowed_set();
  ~borrowed_set();
  borrowed_set(const borrowed_set&) = delete;
  borrowed_set& operator=(const borrowed_set&) = delete;

  poll_set* operator->() const noexcept {
    return set_.get();
  }

private:
  std::unique_ptr<poll_set> set_;
};

} // namespace zmqrt::c_api
