// SPDX-License-Identifier: MPL-2.0
//
// Where a connection starts: the source of "tcp://source;remote" (zmq_tcp(7)),
// looked up on the reactor's thread, never by a resolver.

#pragma once

#include <algorithm>
#include <vector>

#include <sys/socket.h>

#include "libzmqrt/endpoint/endpoint.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

/// The addresses of a source that is no "*": its own, or its interface's.
/// Errors: no_such_device, invalid_argument (IPv6 without the option).
[[nodiscard]] inline result<std::vector<transports::address>>
look_up_source(transports::reactor& loop, const endpoint::host_port& source,
               bool ipv6) {
  transports::resolve_query query;
  query.host = source.host;
  query.port = source.port;
  query.ipv6 = ipv6;
  query.passive = true;
  return loop.resolve_here(query);
}

/// The source towards `remote`, of its family. Errors: address_not_available
/// besides.
[[nodiscard]] inline result<transports::address>
choose_source(transports::reactor& loop, const endpoint::host_port& source,
              const transports::address& remote) {
  const bool ipv6 = remote.family() == AF_INET6;
  if (source.any_host)
    return transports::address::tcp(ipv6 ? "::" : "0.0.0.0", source.port);
  const auto found = look_up_source(loop, source, ipv6);
  if (!found)
    return found.why();
  const auto it = std::find_if(found->begin(), found->end(),
                               [&](const transports::address& each) {
                                 return each.family() == remote.family();
                               });
  if (it == found->end())
    return failure{make_error_code(errc::address_not_available),
                   "the source has no address of the remote's family"};
  return *it;
}

} // namespace zmqrt::actors
