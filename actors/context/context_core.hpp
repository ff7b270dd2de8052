// SPDX-License-Identifier: MPL-2.0
//
// What stands behind a context handle: the actor system (its own or the
// application's), the reactors with their execution units, the inproc names,
// the context actor. Socket handles share it, so that they may outlive the
// context; when the context has ended only an empty shell is left.
//
// Whoever talks to an actor from outside holds a lease meanwhile: the end of
// the context waits for the leases before it takes the actor system away.

#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include <sys/types.h>

#include "actors/caf_compat.hpp"
#include "actors/context/authority.hpp"
#include "actors/context/system_guard.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "actors/interfaces.hpp"
#include "actors/reactor_unit.hpp"
#include "actors/socket/socket_core.hpp"
#include "libzmqrt/message/result.hpp"
#include "transports/reactor_thread.hpp"
#include "zmqrt/context.hpp"

namespace zmqrt::actors {

/// What an application's actor system does about a context in it, when it ends.
enum class system_end : std::uint8_t {
  guarded, ///< the context has to be over by then (system_guard)
  awaited, ///< it ends the context itself
};

class context_core : public std::enable_shared_from_this<context_core> {
public:
  /// Reactors and their threads are made here; `system` null: a system of
  /// our own.
  static std::shared_ptr<context_core>
  make(const context_options& options, caf::actor_system* system,
       system_end end = system_end::guarded);
  /// On reactors that somebody else drives (a simulation): no threads.
  static std::shared_ptr<context_core>
  make_on(caf::actor_system& system,
          std::vector<std::shared_ptr<transports::reactor>> loops,
          const context_options& options);

  /// The public handle of a core (for make_on()).
  [[nodiscard]] static context handle(std::shared_ptr<context_core> core);
  /// The other way. Errors: terminated (it was moved from).
  [[nodiscard]] static context_core& of(context& handle);

  ~context_core();
  context_core(const context_core&) = delete;
  context_core& operator=(const context_core&) = delete;

  class lease {
  public:
    explicit lease(context_core& core) : core_(core.enter() ? &core : nullptr) {
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() {
      if (core_ != nullptr)
        core_->leave();
    }
    /// False: the context has ended, there are no actors any more.
    explicit operator bool() const noexcept {
      return core_ != nullptr;
    }

  private:
    context_core* core_;
    visit visit_;
  };

  [[nodiscard]] context_options options() const;
  void change_option(int number, int value);

  [[nodiscard]] std::shared_ptr<socket_core> open(socket_type type);
  /// The actor of a socket, made by the first call: on a reactor that AFFINITY
  /// allows, each in turn, and there it stays. Null: the socket is over.
  /// Errors: no_io_thread (AFFINITY names none), terminated. Under a lease.
  [[nodiscard]] result<socket_handle>
  settle(const std::shared_ptr<socket_core>& which);
  /// The application's, that is.
  [[nodiscard]] bool has_foreign_system() const noexcept {
    return own_system_ == nullptr;
  }
  /// What the application's actors see of a socket: the one that there is, or
  /// else made, where the socket lives.
  /// Errors: not_a_socket, terminated, as settle(). Under a lease, and not with
  /// a system of our own, which its handles could outlive.
  [[nodiscard]] result<zmqrt::socket_actor>
  spawn_front(const socket& of, std::size_t sends_waiting);
  /// The end of a socket that has no actor yet; none of any other.
  void close_unsettled(socket_core& which);
  void shutdown() noexcept;
  /// terminate() for a destructor: where it cannot wait, or finds no memory,
  /// a thread of its own does, or else nobody.
  static void end(const std::shared_ptr<context_core>& core) noexcept;
  /// Never to be destroyed.
  void leave_behind() noexcept {
    self_ = shared_from_this();
  }
  /// True: all sockets are over, and the core is an empty shell.
  [[nodiscard]] bool terminate(std::optional<std::chrono::milliseconds> limit);
  [[nodiscard]] std::vector<unfinished_work> unfinished();

  [[nodiscard]] std::string_view backend() const noexcept {
    return backend_;
  }
  [[nodiscard]] caf::actor_system& system() noexcept {
    return *system_;
  }
  /// Errors: terminated.
  void set_authenticator(authenticator who);
  [[nodiscard]] const std::shared_ptr<authority>& decides() const noexcept {
    return decides_;
  }
  [[nodiscard]] inproc_registry& inproc() noexcept {
    return inproc_;
  }
  /// A socket actor is over.
  void socket_closed(const socket_core& which) noexcept;
  /// In a forked child nothing here may be touched.
  [[nodiscard]] bool forked() const noexcept;

private:
  context_core(const context_options& options, caf::actor_system* system);

  void start(std::vector<std::shared_ptr<transports::reactor>> loops);
  [[nodiscard]] bool enter() noexcept;
  void leave() noexcept;
  void tear_down();
  /// Under the mutex.
  [[nodiscard]] result<socket_handle>
  settle_now(const std::shared_ptr<socket_core>& which);
  /// Null: none of those there are.
  [[nodiscard]] reactor_unit* next_home(std::uint64_t affinity) noexcept;
  /// Those that are not over.
  [[nodiscard]] std::vector<std::shared_ptr<socket_core>> sockets();

  context_options options_;
  std::string backend_;
  pid_t maker_;
  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> own_system_;
  caf::actor_system* system_;
  inproc_registry inproc_;
  std::shared_ptr<authority> decides_ = std::make_shared<authority>();
  std::vector<std::unique_ptr<reactor_unit>> units_;
  std::vector<std::unique_ptr<transports::reactor_thread>> threads_;
  std::size_t next_unit_ = 0;
  context_handle actor_;
  std::unique_ptr<system_guard> guard_; // none in a system of our own

  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::vector<std::weak_ptr<socket_core>> sockets_;
  int leases_ = 0;
  bool shut_down_ = false;
  bool ended_ = false;
  std::shared_ptr<context_core> self_; // only where it is left behind
};

} // namespace zmqrt::actors
