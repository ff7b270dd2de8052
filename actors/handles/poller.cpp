// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::poller: the handle's members.

#include "zmqrt/poller.hpp"

#include "actors/handles/limit.hpp"
#include "actors/handles/poller_core.hpp"
#include "actors/handles/socket_body.hpp"
#include "actors/monitor/event_queue.hpp"

namespace zmqrt {

namespace actors {

struct monitor_access {
  static const std::shared_ptr<event_queue>& queue(const monitor& of) {
    return of.queue_;
  }
};

} // namespace actors

namespace {

const std::shared_ptr<actors::gate>& door_of(const socket& what) {
  const auto& body = actors::socket_access::body(what);
  if (!body)
    throw error{errc::not_a_socket, "poller", "the handle is empty"};
  return body->core().door();
}

} // namespace

poller::poller() : core_(std::make_shared<actors::poller_core>()) {
}

poller::~poller() = default;

void poller::add(const socket& what, poll_events wanted, std::uint64_t tag) {
  core_->add(door_of(what), actors::socket_access::body(what),
             static_cast<unsigned>(wanted), tag);
}

void poller::add(const monitor& what, std::uint64_t tag) {
  core_->add(actors::monitor_access::queue(what), {}, actors::poll_in, tag);
}

void poller::add(int fd, poll_events wanted, std::uint64_t tag) {
  core_->add_fd(fd, static_cast<unsigned>(wanted), tag);
}

void poller::modify(const socket& what, poll_events wanted) {
  core_->modify(*door_of(what), static_cast<unsigned>(wanted));
}

void poller::modify(int fd, poll_events wanted) {
  core_->modify_fd(fd, static_cast<unsigned>(wanted));
}

void poller::remove(const socket& what) {
  core_->remove(*door_of(what));
}

void poller::remove(const monitor& what) {
  core_->remove(*actors::monitor_access::queue(what));
}

void poller::remove(int fd) {
  core_->remove_fd(fd);
}

std::size_t poller::size() const {
  return core_->size();
}

std::size_t poller::wait(std::vector<poll_result>& into,
                         std::chrono::milliseconds limit) {
  return core_->wait(into, actors::bounded(limit));
}

std::vector<poll_result> poller::wait(std::chrono::milliseconds limit) {
  std::vector<poll_result> found;
  wait(found, limit);
  return found;
}

void poller::interrupt() noexcept {
  core_->interrupt();
}

} // namespace zmqrt
