// SPDX-License-Identifier: MPL-2.0
//
// A reactor: the loop that serves streams, timers and posted tasks on one
// thread. Three kinds: ring (io_uring), epoll, sim (virtual time, seeded).
// Everything but post(), stop() and is_current() belongs to the loop's own
// thread. Randomness, the clock and host names are services of the reactor,
// so that a simulation decides them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "libzmqrt/message/result.hpp"
#include "libzmqrt/message/slab.hpp"
#include "libzmqrt/message/time.hpp"
#include "transports/address.hpp"
#include "transports/datagram.hpp"
#include "transports/stream.hpp"
#include "transports/task.hpp"
#include "transports/timer.hpp"

namespace zmqrt::transports {

struct resolve_query {
  std::string host; ///< a name, an interface, or a numeric address
  std::uint16_t port = 0;
  bool ipv6 = false;    ///< may answer IPv6 addresses (option IPV6)
  bool passive = false; ///< for bind: interface names are allowed
};

/// All addresses in the order to try, or why there are none.
using resolve_callback = std::function<void(result<std::vector<address>>)>;

/// A resolution under way. Dropping it means that the callback never runs; a
/// resolver that hangs is left behind.
class resolution {
public:
  virtual ~resolution() = default;
};

class reactor {
public:
  virtual ~reactor() = default;

  // -- from any thread ------------------------------------------------------

  /// Runs `work` on the reactor's thread, in the order of the posts; what
  /// waits for its run already is not posted twice. Costs no system call while
  /// the reactor is awake, and (but for a simulation) no memory: it cannot
  /// fail.
  virtual void post(std::shared_ptr<task> work) = 0;
  /// Makes run() return once what is posted before has run.
  virtual void stop() = 0;
  /// Whether the caller is on this reactor's thread.
  [[nodiscard]] virtual bool is_current() const noexcept = 0;

  // -- on its thread --------------------------------------------------------

  /// Serves until stop(). A task or callback that throws ends nothing but
  /// itself (on_exception is told, if set).
  virtual void run() = 0;
  /// The time of this turn of the loop.
  [[nodiscard]] virtual time_point now() const noexcept = 0;
  /// Arms, or moves, a timer; it fires once, not before `when`.
  virtual void arm(timer& which, time_point when) = 0;
  virtual void disarm(timer& which) = 0;
  /// A number nobody can guess (a simulation: the next of its seed).
  [[nodiscard]] virtual std::uint64_t random() noexcept = 0;
  [[nodiscard]] virtual buffer_source& buffers() noexcept = 0;
  /// Says that so many messages of a connection went between its gate and its
  /// stream in this turn: a hint, for a loop that shares its core with the
  /// threads at the gates.
  virtual void moved(std::uint64_t /*messages*/,
                     std::size_t /*bytes*/) noexcept {
  }

  /// Binds and listens at once; accepting begins with start(). An ipc file
  /// left by a dead process is taken over. Errors: address_in_use,
  /// address_not_available, access_denied, too_many_open, ...
  [[nodiscard]] virtual result<std::unique_ptr<acceptor>>
  listen(const address& where, const listen_options& options) = 0;
  [[nodiscard]] virtual std::unique_ptr<dialer>
  dial(const address& where, const dial_options& options) = 0;
  /// Opens a UDP endpoint; receiving begins when it is asked for. Errors: as
  /// listen(); no_such_device or invalid_argument for the interface;
  /// not_supported (a simulation has no UDP).
  [[nodiscard]] virtual result<std::unique_ptr<datagram>>
  open_datagram(const address& where, const datagram_options& options);
  /// Never blocks this thread. Numeric addresses are answered without a
  /// resolver, but like all callbacks not from within the call.
  [[nodiscard]] virtual std::unique_ptr<resolution>
  resolve(const resolve_query& query, resolve_callback then) = 0;
  /// The same for what this machine can answer at once, without a resolver: a
  /// numeric address or, if `passive`, "*" or an interface. Errors:
  /// no_such_device, invalid_argument.
  [[nodiscard]] virtual result<std::vector<address>>
  resolve_here(const resolve_query& query) = 0;

  /// "io_uring", "epoll" or "sim".
  [[nodiscard]] virtual std::string_view backend() const noexcept = 0;

  /// Who is told what a task or callback threw. Set before run().
  void on_exception(std::function<void(std::exception_ptr)> told) {
    on_exception_ = std::move(told);
  }

protected:
  std::function<void(std::exception_ptr)> on_exception_;
};

enum class backend_choice : std::uint8_t { automatic, io_uring, epoll };

/// Whether this process may use io_uring at all (asked once).
[[nodiscard]] bool ring_available() noexcept;

/// Makes a reactor. `automatic`: a ring where the kernel grants one, else
/// epoll. Errors: what the kernel said; not_supported for a refused ring that
/// was asked for by name.
[[nodiscard]] result<std::unique_ptr<reactor>>
make_reactor(backend_choice choice);

} // namespace zmqrt::transports
