// SPDX-License-Identifier: MPL-2.0
//
// What is behind a poller. Sockets and monitors that may be ready are listed
// as they are called for; file descriptors are in an epoll set, together with
// the eventfd that ends a wait. So a wait looks at what may be ready only.
//
// Locks: this one is never held while a gate's is taken.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/gate/watcher.hpp"
#include "transports/posix/descriptor.hpp"
#include "zmqrt/poller.hpp"

namespace zmqrt::actors {

class socket_body;

class poller_core : public std::enable_shared_from_this<poller_core> {
public:
  poller_core();
  ~poller_core();
  poller_core(const poller_core&) = delete;
  poller_core& operator=(const poller_core&) = delete;

  void add(std::shared_ptr<watchable> what, std::weak_ptr<socket_body> body,
           unsigned wanted, std::uint64_t tag);
  void modify(const watchable& what, unsigned wanted);
  void remove(const watchable& what);
  void add_fd(int fd, unsigned wanted, std::uint64_t tag);
  void modify_fd(int fd, unsigned wanted);
  void remove_fd(int fd);
  [[nodiscard]] std::size_t size() const;

  std::size_t wait(std::vector<poll_result>& into,
                   std::optional<std::chrono::milliseconds> limit);
  void interrupt() noexcept;
  /// A signal that the waiting thread handles ends a wait from now on, and
  /// was_signalled() tells of the last one. For the one who waits.
  void end_at_signals() noexcept {
    ends_at_signals_ = true;
  }
  [[nodiscard]] bool was_signalled() const noexcept {
    return signalled_;
  }

private:
  using clock = std::chrono::steady_clock;

  /// A socket or a monitor.
  class entry final : public watcher,
                      public std::enable_shared_from_this<entry> {
  public:
    void call() noexcept override;

    std::weak_ptr<poller_core> home;
    std::shared_ptr<watchable> what;
    std::weak_ptr<socket_body> body;
    std::uint64_t tag = 0;
    unsigned wanted = 0; // this and below: under the core's lock
    bool listed = false;
    bool removed = false;
  };

  struct leave_wait {
    void operator()(poller_core* from) const noexcept;
  };

  void list(const std::shared_ptr<entry>& which) noexcept;
  void look(std::vector<poll_result>& into);
  /// Waits for file descriptors and calls; false: the time is over.
  bool look_at_fds(std::vector<poll_result>& into,
                   std::optional<clock::time_point> deadline);
  void wake() noexcept;

  transports::descriptor epoll_;
  transports::descriptor wake_;
  mutable std::mutex mutex_;
  std::unordered_map<const watchable*, std::shared_ptr<entry>> entries_;
  std::unordered_map<int, std::uint64_t> fds_; // their tags
  std::vector<std::shared_ptr<entry>> listed_; // that may be ready
  std::vector<std::shared_ptr<entry>> looked_; // by the thread that waits
  bool waiting_ = false;
  bool sleeping_ = false;
  bool interrupted_ = false;
  bool ends_at_signals_ = false; // of the thread that waits, as the next one
  bool signalled_ = false;
};

} // namespace zmqrt::actors
