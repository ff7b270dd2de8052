// SPDX-License-Identifier: MPL-2.0
//
// What is registered with a zmq_poller(3) (draft), and the descriptor that
// shows when its sockets may have something. Any thread; sockets are known by
// their handles, so that one that was closed meanwhile does no harm.

#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <zmq.h>

#include "actors/c_api/handle_table.hpp"

namespace zmqrt::c_api {

class c_socket;

class poller {
public:
  static constexpr handle_kind kind = handle_kind::poller;

  /// A socket, or where that is null a file descriptor.
  struct target {
    void* socket = nullptr;
    int fd = -1;

    friend bool operator==(const target&, const target&) = default;
  };

  poller() = default;
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  [[nodiscard]] std::size_t size() const;
  // Errors: invalid_argument (registered already, or not at all), no_memory.
  void add(target what, void* user_data, short events);
  void modify(target what, short events);
  void remove(target what);

  /// Fills in up to `most` of those that are ready; answers how many. Errors:
  /// as poll_set::wait(), again (out of time), EFAULT (it would wait for
  /// nothing, for ever).
  [[nodiscard]] int wait(zmq_poller_event_t* events, int most, long timeout_ms);
  /// Errors: invalid_argument (no socket is registered), too_many_open.
  [[nodiscard]] int fd();

private:
  struct entry {
    target what;
    void* user_data;
    short events;
  };
  class signal;

  [[nodiscard]] std::vector<entry>::iterator find(target what);
  /// From here on the descriptor shows what comes, and what is there now.
  void arm();

  mutable std::mutex mutex_;
  std::vector<entry> entries_;
  std::shared_ptr<signal> signal_; // null: nobody has asked for it
};

} // namespace zmqrt::c_api
