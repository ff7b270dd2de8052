// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket_monitor(3): a socket's events as messages of a PAIR of our own.
// Whoever publishes an event sends, on whatever thread that is, and never
// waits: what finds no room waits here, and beyond a bound is dropped, always
// whole. (libzmq's I/O thread would stand still.)

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "zmqrt/socket_type.hpp"

namespace zmqrt::actors {
class event_hub;
} // namespace zmqrt::actors

namespace zmqrt::c_api {

class c_socket;

/// What a monitor is asked to be.
struct monitor_wish {
  std::string endpoint;
  std::uint64_t events = 0;
  /// 1: two frames, zmq_socket_monitor(3). 2: zmq_socket_monitor_versioned(3).
  int version = 1;
  socket_type type = socket_type::pair;
};

class monitor_feed {
public:
  /// Watches `of`. Errors: as bind() of an inproc endpoint, terminated,
  /// too_many_open, no_memory.
  monitor_feed(c_socket& of, const monitor_wish& wish);
  /// Tells that it ends, unless let_go() was called. The endpoint is free when
  /// this returns.
  ~monitor_feed();
  monitor_feed(const monitor_feed&) = delete;
  monitor_feed& operator=(const monitor_feed&) = delete;

  /// The socket closes: the endpoint is free when this returns, and what is
  /// left to tell until the socket's end is told all the same.
  void let_go() noexcept;
  /// An event for each peer, of the messages in its two queues
  /// (zmq_socket_monitor_pipes_stats(3)). Errors: invalid_argument (it was not
  /// asked for), again (there is no peer).
  void tell_queues(c_socket& of);

private:
  class feed;

  std::shared_ptr<actors::event_hub> source_;
  std::shared_ptr<feed> feed_; // null: let go
};

/// Takes the place of the monitor there was; a null endpoint ends it. Answers
/// as a C function does (monitor.cpp).
int watch_socket(void* socket, const char* endpoint, std::uint64_t events,
                 int version, int type) noexcept;

} // namespace zmqrt::c_api
