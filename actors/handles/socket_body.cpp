// SPDX-License-Identifier: MPL-2.0
//
// Closing from the application's side, and the options that are answered
// live.

#include "actors/handles/socket_body.hpp"

#include <algorithm>
#include <limits>

#include "actors/handles/door_of.hpp"

namespace zmqrt::actors {

namespace {

// libzmq's numbers of the options that are no stored value.
enum live_id : int {
  id_rcvmore = 13,
  id_fd = 14,
  id_events = 15,
  id_type = 16,
  id_last_endpoint = 32,
  id_mechanism = 43,
  id_thread_safe = 81,
  id_topics_count = 116,
  id_io_backend = 10009,
  id_busy_poll_us = 10010,
};

} // namespace

socket_body::socket_body(std::shared_ptr<socket_core> core)
  : core_(std::move(core)) {
}

socket_body::~socket_body() {
  if (core_->home()->forked())
    return;
  core_->door()->fail(make_error_code(errc::not_a_socket));
  core_->home()->close_unsettled(*core_);
  const context_core::lease held{*core_->home()};
  if (!held)
    return;
  if (auto actor = core_->actor())
    caf::anon_send(actor, close_socket{});
}

socket_handle socket_body::begin_close(const context_core::lease& held) {
  if (waiting_forbidden())
    throw error{errc::would_deadlock, "close",
                "called on a thread of the runtime"};
  core_->door()->fail(make_error_code(errc::not_a_socket));
  core_->home()->close_unsettled(*core_);
  return held ? core_->actor() : socket_handle{};
}

void socket_body::close() {
  const context_core::lease held{*core_->home()};
  const auto actor = begin_close(held);
  if (!actor)
    return;
  caf::scoped_actor self{core_->home()->system(), true};
  self->request(actor, caf::infinite, close_socket{})
    .receive([](const answer&) {}, [](const caf::error&) {});
}

bool socket_body::close_for(std::optional<std::chrono::milliseconds> limit) {
  const context_core::lease held{*core_->home()};
  const auto actor = begin_close(held);
  if (!actor)
    return true;
  caf::scoped_actor self{core_->home()->system(), true};
  self->monitor(actor);
  self->request(actor, caf::infinite, close_socket{})
    .receive([](const answer&) {}, [](const caf::error&) {});
  bool over = false;
  const auto is_over = [&](const caf::down_msg&) { over = true; };
  if (limit)
    self->receive(
      is_over, caf::after(*limit) >> [] {});
  else
    self->receive(is_over);
  return over;
}

std::shared_ptr<event_queue> socket_body::monitor(std::uint32_t mask) {
  if ((mask & congestion_events) != 0)
    door().tell_when_full();
  auto queue = std::make_shared<event_queue>(
    mask | static_cast<std::uint32_t>(event_kind::monitor_stopped));
  core_->events()->add_queue(queue);
  return queue;
}

option_value socket_body::live_option(int id) const {
  switch (id) {
  case id_type:
    return static_cast<int>(core_->type());
  case id_last_endpoint:
    return core_->last_endpoint();
  case id_events:
    return static_cast<int>(door().poll(poll_in | poll_out, nullptr)
                            & (poll_in | poll_out));
  case id_thread_safe:
    return true;
  case id_rcvmore:
    return false; // messages are received whole
  case id_topics_count:
    return static_cast<int>(
      std::min<std::size_t>(door().topics(), std::numeric_limits<int>::max()));
  case id_mechanism:
    return get_security(door().options().security, id);
  case id_io_backend:
    return static_cast<int>(core_->home()->backend() == "io_uring"
                              ? io_backend::io_uring
                              : io_backend::epoll);
  case id_busy_poll_us:
    return 0; // reactors sleep
  case id_fd:
  default:
    return -1; // there is none: sockets are not file descriptors here
  }
}

option_moment socket_body::moment(int id) const {
  // A bind that failed has chosen the I/O thread, too.
  const bool late = id == option::affinity.id ? core_->is_settled()
                                              : !core_->last_endpoint().empty();
  return late ? option_moment::has_endpoints : option_moment::fresh;
}

// -- door_of.hpp --------------------------------------------------------------

const std::shared_ptr<gate>& door_of(const socket& handle) {
  return socket_access::body(handle)->core().door();
}

const std::shared_ptr<event_hub>& events_of(const socket& handle) {
  return socket_access::body(handle)->core().events();
}

} // namespace zmqrt::actors
