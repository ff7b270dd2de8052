// SPDX-License-Identifier: MPL-2.0
//
// See c_socket.hpp.

#include "actors/c_api/c_socket.hpp"

#include "actors/c_api/monitor_feed.hpp"
#include "actors/handles/door_of.hpp"

namespace zmqrt::c_api {

namespace {

void keep_to_libzmq(socket_options& in, void* /*unused*/) {
  in.as_libzmq = true;
}

} // namespace

c_socket::c_socket(std::shared_ptr<c_context> home, zmqrt::socket opened)
  : home_(std::move(home)), handle_(std::move(opened)),
    door_(actors::door_of(handle_)),
    single_framed_(single_framed(door_->type())) {
  door_->change_options(keep_to_libzmq, nullptr);
}

c_socket::~c_socket() {
  if (draft_.is_open())
    door_->abandon(draft_);
  fd_.reset();
  handle_ = {};
  home_->socket_closed();
}

// -- readiness ----------------------------------------------------------------

unsigned c_socket::amid(unsigned wanted) const noexcept {
  unsigned held = 0;
  if (parts_wait_.load(std::memory_order_relaxed))
    held |= wanted & actors::poll_in;
  if (drafting_.load(std::memory_order_relaxed))
    held |= wanted & actors::poll_out;
  return held;
}

bool c_socket::awaits_rest() const noexcept {
  return parts_wait_.load(std::memory_order_relaxed)
         && (door_->type() == socket_type::req
             || door_->type() == socket_type::rep);
}

unsigned c_socket::look(unsigned wanted,
                        const std::shared_ptr<actors::watcher>& who) {
  if (awaits_rest())
    wanted &= ~actors::poll_out;
  const unsigned held = amid(wanted);
  return held | door_->poll(wanted & ~held, held == 0 ? who : nullptr);
}

int c_socket::fd() {
  const std::lock_guard guard(side_);
  if (!fd_) {
    fd_ = std::make_unique<event_fd>(door_, !looked_.load());
    watched_.store(fd_.get(), std::memory_order_release);
  }
  return fd_->get();
}

unsigned c_socket::events() {
  constexpr unsigned both = actors::poll_in | actors::poll_out;
  event_fd* const watched = watched_.load(std::memory_order_acquire);
  if (watched == nullptr) {
    looked_.store(true);
    return look(both);
  }
  const unsigned held = watched->look() | amid(both);
  return awaits_rest() ? held & ~actors::poll_out : held;
}

bool c_socket::awaits(std::error_code why, unsigned which) {
  if (why != errc::again) [[likely]]
    return false;
  event_fd* const watched = watched_.load(std::memory_order_acquire);
  if (watched != nullptr)
    watched->await(which);
  return watched != nullptr;
}

// -- life ---------------------------------------------------------------------

void c_socket::set_monitor(std::unique_ptr<monitor_feed> feed) {
  {
    const std::lock_guard guard(side_);
    monitor_.swap(feed);
  }
  feed.reset(); // the former one's end
}

void c_socket::tell_queues() {
  const std::lock_guard guard(side_);
  if (!monitor_)
    throw error{errc::invalid_argument, "zmq_socket_monitor_pipes_stats",
                "there is no monitor"};
  monitor_->tell_queues(*this);
}

void c_socket::close() noexcept {
  try {
    handle_.close();
  } catch (const std::system_error&) {
    // On one of the runtime's own threads, where it must not wait: it goes on
    // behind the last handle's end.
  }
  std::unique_ptr<monitor_feed> feed;
  {
    const std::lock_guard guard(side_);
    monitor_.swap(feed);
  }
  if (feed)
    feed->let_go();
}

} // namespace zmqrt::c_api
