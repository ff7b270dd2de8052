// SPDX-License-Identifier: MPL-2.0
//
// A socket of the C API: zmqrt's socket, and what frame-by-frame sending and
// receiving need between two calls. Any thread. Where several threads use one
// socket at once a message's frames stay together on the wire, but who of those
// that receive gets which frame of a message with many is not settled
// (zmq_socket(3) forbids it).

#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <vector>

#include "actors/c_api/c_context.hpp"
#include "actors/c_api/event_fd.hpp"
#include "actors/c_api/handle_table.hpp"
#include "actors/gate/draft.hpp"
#include "actors/handles/proxy_run.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::c_api {

class monitor_feed;

class c_socket {
public:
  static constexpr handle_kind kind = handle_kind::socket;

  c_socket(std::shared_ptr<c_context> home, zmqrt::socket opened);
  ~c_socket();
  c_socket(const c_socket&) = delete;
  c_socket& operator=(const c_socket&) = delete;

  [[nodiscard]] const std::shared_ptr<c_context>& home() const noexcept {
    return home_;
  }
  /// zmqrt's own handle: endpoints, options, life.
  [[nodiscard]] zmqrt::socket& handle() noexcept {
    return handle_;
  }
  [[nodiscard]] actors::gate& door() noexcept {
    return *door_;
  }
  [[nodiscard]] const std::shared_ptr<actors::gate>& shared_door() noexcept {
    return door_;
  }

  /// Its messages have one frame each, and may say beside it where they go.
  [[nodiscard]] bool is_single_framed() const noexcept {
    return single_framed_;
  }

  // -- frame by frame (c_socket_traffic.cpp) ---------------------------------
  //
  // Errors: as gate::send() and recv(), interrupted among them. `wait`: as long
  // as SNDTIMEO or RCVTIMEO say.

  /// `more`: others follow (ZMQ_SNDMORE). An error of the first part leaves
  /// nothing behind; again and no_memory of a later one leave the message open
  /// as it was before; any other gives it up.
  [[nodiscard]] std::error_code send(const frame& part, bool more, bool wait);
  /// The same of a part that is in no frame.
  [[nodiscard]] std::error_code send(std::span<const std::byte> part, bool more,
                                     bool wait);
  /// A whole message, which says where it goes (SERVER, RADIO).
  [[nodiscard]] std::error_code send(const message& what, bool wait);
  /// `into` gets one frame and what is known of it. Use the same one again:
  /// then the properties cost nothing where they have not changed.
  [[nodiscard]] std::error_code receive(message& into, bool& more, bool wait);
  /// Puts back what receive() gave last, to be the next.
  void put_back(message&& part, bool more);
  /// All that was taken from the gate and not received yet, and what a proxy
  /// has taken and not passed on goes back, to be received next.
  [[nodiscard]] actors::proxy_rest take_rest();
  void put_back(actors::proxy_rest&& rest) noexcept;
  /// ZMQ_RCVMORE: whether more parts follow the one received last.
  [[nodiscard]] bool receives_more() const noexcept {
    return more_.load(std::memory_order_relaxed);
  }

  // -- readiness -------------------------------------------------------------

  /// Which of `wanted` (poll_in, poll_out) hold, and poll_error once it is
  /// over; where none does, `who` is called once when one may, until
  /// door().forget(). In the midst of a message both directions are open.
  [[nodiscard]] unsigned
  look(unsigned wanted, const std::shared_ptr<actors::watcher>& who = nullptr);
  /// ZMQ_FD, made by the first call. Errors: too_many_open, no_memory.
  [[nodiscard]] int fd();
  /// ZMQ_EVENTS: what changes from here on shows at fd() again.
  [[nodiscard]] unsigned events();

  // -- life ------------------------------------------------------------------

  /// Takes the place of the one there was; null: ends it (monitor.cpp).
  void set_monitor(std::unique_ptr<monitor_feed> feed);
  /// zmq_socket_monitor_pipes_stats(3). Errors: invalid_argument (there is no
  /// monitor, or not for this), again (there is no peer).
  void tell_queues();
  /// Frees the endpoints, also the monitor's, and wakes who waits here.
  void close() noexcept;

private:
  /// A verb has answered again. True: it has to be tried once more, as what
  /// came meanwhile does not show at fd().
  [[nodiscard]] bool awaits(std::error_code why, unsigned which);
  /// Which of `wanted` hold for being in the midst of a message.
  [[nodiscard]] unsigned amid(unsigned wanted) const noexcept;
  /// A message is half sent or half received.
  [[nodiscard]] bool amid_message() const noexcept {
    return drafting_.load(std::memory_order_relaxed)
           || parts_wait_.load(std::memory_order_relaxed);
  }
  /// A REQ or REP with a message that is half received: it is not answered
  /// yet, nor followed by a question.
  [[nodiscard]] bool awaits_rest() const noexcept;
  /// Before the first part of a message. Errors: fsm.
  [[nodiscard]] std::error_code end_turn();
  /// One of a message of several parts.
  [[nodiscard]] std::error_code send_part(frame part, bool more, bool wait);
  /// False: there is none.
  [[nodiscard]] bool next_part(message& into, bool& more);

  std::shared_ptr<c_context> home_;
  zmqrt::socket handle_;
  std::shared_ptr<actors::gate> door_;
  const bool single_framed_;

  std::mutex sending_; // a message part by part
  std::atomic<bool> drafting_{false};
  actors::gate::draft draft_;
  std::error_code spoilt_; // why the rest of a message is refused, part by part

  std::mutex receiving_; // messages taken from the gate, part by part
  std::atomic<bool> parts_wait_{false};
  std::atomic<bool> more_{false};
  std::vector<message> taken_;
  std::size_t next_part_ = 0; // of the first
  std::size_t captured_ = 0;  // of those, by a proxy

  std::atomic<event_fd*> watched_{nullptr}; // fd_, once it is there
  std::atomic<bool> looked_{false};         // at ZMQ_EVENTS, before that

  std::mutex side_; // what follows
  std::unique_ptr<event_fd> fd_;
  std::unique_ptr<monitor_feed> monitor_;
};

} // namespace zmqrt::c_api
