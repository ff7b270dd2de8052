// SPDX-License-Identifier: MPL-2.0
//
// Errors: one enum whose values map one to one on ZeroMQ's errno names, and
// the exception that plain verbs throw. Any thread.

#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "zmqrt/export.hpp"

namespace zmqrt {

/// What can go wrong, by ZeroMQ's errno names. The numbers are the system's
/// errno values; ZeroMQ's own four lie above its base of 156384712 (zmq.h).
enum class errc : int {
  /// EAGAIN: the call would block, or its time ran out.
  again = EAGAIN,
  /// EINVAL: an argument or option breaks a rule; the error names both.
  invalid_argument = EINVAL,
  /// ENOTSOCK: the handle is closed or was moved from.
  not_a_socket = ENOTSOCK,
  /// ENOTSUP: the socket type does not offer this verb (send on PULL).
  not_supported = ENOTSUP,
  /// EADDRINUSE: another socket is bound to the endpoint.
  address_in_use = EADDRINUSE,
  /// EADDRNOTAVAIL: the address is not this host's.
  address_not_available = EADDRNOTAVAIL,
  /// ENODEV: no such network interface.
  no_such_device = ENODEV,
  /// ENOENT: the endpoint was never bound or connected here.
  no_such_endpoint = ENOENT,
  /// EPROTONOSUPPORT: the transport is not supported.
  protocol_not_supported = EPROTONOSUPPORT,
  /// EPROTO: the peer broke the protocol.
  protocol_error = EPROTO,
  /// EHOSTUNREACH: no route to the peer.
  host_unreachable = EHOSTUNREACH,
  /// ECONNREFUSED: nobody listens there, or the peer was refused.
  connection_refused = ECONNREFUSED,
  /// ECONNRESET: the peer is gone.
  connection_reset = ECONNRESET,
  /// ECONNABORTED: the connection was given up on our side.
  connection_aborted = ECONNABORTED,
  /// ETIMEDOUT: a limit of time ran out.
  timed_out = ETIMEDOUT,
  /// EMSGSIZE: a message is larger than MAXMSGSIZE.
  message_too_long = EMSGSIZE,
  /// EMFILE: too many files or sockets are open.
  too_many_open = EMFILE,
  /// ENOMEM: no memory.
  no_memory = ENOMEM,
  /// ENOBUFS: the kernel has no buffers left.
  no_buffers = ENOBUFS,
  /// EACCES: not permitted.
  access_denied = EACCES,
  /// EINTR: a signal interrupted the call (the C API alone shows it).
  interrupted = EINTR,
  /// EDEADLK: a blocking verb was called on a reactor's own thread.
  would_deadlock = EDEADLK,
  /// ENAMETOOLONG: an ipc path exceeds the system's limit.
  name_too_long = ENAMETOOLONG,
  /// EFSM: the verb is not allowed in the socket's present state.
  fsm = 156384712 + 51,
  /// ENOCOMPATPROTO: the transport does not go with the socket type.
  no_compatible_protocol = 156384712 + 52,
  /// ETERM: the context is terminated or shut down.
  terminated = 156384712 + 53,
  /// EMTHREAD: no I/O thread is available.
  no_io_thread = 156384712 + 54,
};

/// The category of errc; also carries system errno values not named above.
[[nodiscard]] ZMQRT_EXPORT const std::error_category& error_category() noexcept;

/// @relates errc
[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

/// An errno value of the system as a code of our category.
[[nodiscard]] inline std::error_code errno_code(int value) noexcept {
  return {value, error_category()};
}

/// Thrown by the plain verbs. `code()` compares with errc values; `subject()`
/// is the option or endpoint that it is about (may be empty); `what()` names
/// subject and broken rule.
class ZMQRT_EXPORT error : public std::system_error {
public:
  explicit error(std::error_code code, std::string_view subject = {},
                 std::string_view rule = {});
  explicit error(errc code, std::string_view subject = {},
                 std::string_view rule = {})
    : error(make_error_code(code), subject, rule) {
  }
  ~error() override;

  [[nodiscard]] const std::string& subject() const noexcept {
    return subject_;
  }

private:
  std::string subject_;
};

} // namespace zmqrt

template <>
struct std::is_error_code_enum<zmqrt::errc> : std::true_type {};
