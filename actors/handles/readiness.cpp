// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::readiness: an eventfd that follows what a gate says. Changes may be
// told by several threads at once, and by our own look at the gate; the last
// of those who are told looks again.

#include <atomic>
#include <cerrno>

#include <sys/eventfd.h>

#include "actors/handles/socket_body.hpp"
#include "transports/posix/descriptor.hpp"
#include "zmqrt/poller.hpp"

namespace zmqrt {

namespace actors {

class readiness_core final : public watcher {
public:
  readiness_core(std::shared_ptr<gate> door, unsigned wanted)
    : door_(std::move(door)), wanted_(wanted),
      fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_)
      throw error{errno_code(errno), "readiness",
                  "no file descriptor to be had"};
  }

  void call() noexcept override {
    if (told_.fetch_add(1) != 0)
      return;
    unsigned seen = 0;
    do {
      seen = told_.load();
      show(door_->poll(wanted_, nullptr) != 0);
    } while (told_.fetch_sub(seen) != seen);
  }

  [[nodiscard]] gate& door() noexcept {
    return *door_;
  }
  [[nodiscard]] unsigned wanted() const noexcept {
    return wanted_;
  }
  [[nodiscard]] int fd() const noexcept {
    return fd_.get();
  }

private:
  void show(bool held) noexcept {
    if (held == shown_)
      return;
    shown_ = held;
    eventfd_t ignored;
    if (held)
      ::eventfd_write(fd_.get(), 1);
    else
      ::eventfd_read(fd_.get(), &ignored);
  }

  std::shared_ptr<gate> door_;
  unsigned wanted_;
  transports::descriptor fd_;
  std::atomic<unsigned> told_{0};
  bool shown_ = false; // of the one who looks
};

} // namespace actors

readiness::readiness(const socket& of, poll_events wanted) {
  const auto& body = actors::socket_access::body(of);
  if (!body)
    throw error{errc::not_a_socket, "readiness", "the handle is empty"};
  core_ = std::make_shared<actors::readiness_core>(
    body->core().door(), static_cast<unsigned>(wanted));
  core_->door().follow(core_->wanted(), core_);
}

readiness::~readiness() {
  if (core_)
    core_->door().forget(*core_);
}

int readiness::fd() const noexcept {
  return core_->fd();
}

} // namespace zmqrt
