// SPDX-License-Identifier: MPL-2.0
//
// Hosts to addresses. See lookup.hpp.

#include "transports/posix/lookup.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

namespace zmqrt::transports {

namespace {

using addresses = std::vector<address>;

address with_port(const sockaddr* raw, std::uint16_t port) {
  if (raw->sa_family == AF_INET) {
    auto v4 = *reinterpret_cast<const sockaddr_in*>(raw);
    v4.sin_port = htons(port);
    return {reinterpret_cast<const sockaddr*>(&v4), sizeof(v4)};
  }
  auto v6 = *reinterpret_cast<const sockaddr_in6*>(raw);
  v6.sin6_port = htons(port);
  return {reinterpret_cast<const sockaddr*>(&v6), sizeof(v6)};
}

bool wanted(int family, const resolve_query& query) noexcept {
  return family == AF_INET || (family == AF_INET6 && query.ipv6);
}

/// The addresses of the interface of that name; IPv6 first where it is on, as
/// libzmq prefers it.
addresses interface_addresses(const resolve_query& query) {
  addresses out;
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0)
    return out;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all{raw, freeifaddrs};
  for (const auto* each = raw; each != nullptr; each = each->ifa_next)
    if (each->ifa_addr != nullptr && query.host == each->ifa_name
        && wanted(each->ifa_addr->sa_family, query))
      out.push_back(with_port(each->ifa_addr, query.port));
  std::stable_partition(out.begin(), out.end(), [](const address& a) {
    return a.family() == AF_INET6;
  });
  return out;
}

failure lookup_failure(int status, const resolve_query& query) {
  failure out;
  out.rule = gai_strerror(status);
  switch (status) {
  case EAI_AGAIN:
    out.code = errc::again;
    break;
  case EAI_MEMORY:
    out.code = errc::no_memory;
    break;
  case EAI_SYSTEM:
    out.code = errno_code(errno);
    break;
  default: // no such name, or none in the wanted family
    out.code = query.passive ? errc::no_such_device : errc::host_unreachable;
  }
  return out;
}

} // namespace

std::optional<result<addresses>> lookup_numeric(const resolve_query& query) {
  std::string_view host = query.host;
  if (query.passive && host == "*")
    host = query.ipv6 ? "::" : "0.0.0.0";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  auto found = address::tcp(host, query.port);
  if (!found)
    return std::nullopt;
  if (!wanted(found->family(), query))
    return failure{make_error_code(errc::invalid_argument),
                   "an IPv6 address needs the option ipv6"};
  return addresses{*found};
}

result<addresses> lookup_here(const resolve_query& query) {
  if (auto numeric = lookup_numeric(query))
    return std::move(*numeric);
  if (query.passive)
    if (auto found = interface_addresses(query); !found.empty())
      return found;
  return failure{make_error_code(errc::no_such_device),
                 "neither a numeric address nor an interface with one"};
}

result<addresses> lookup_name(const resolve_query& query) {
  if (query.passive)
    if (auto found = interface_addresses(query); !found.empty())
      return found;
  addrinfo hints{};
  hints.ai_family = query.ipv6 ? AF_UNSPEC : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = query.passive ? AI_PASSIVE : 0;
  addrinfo* raw = nullptr;
  const auto status = getaddrinfo(query.host.c_str(), nullptr, &hints, &raw);
  if (status != 0)
    return lookup_failure(status, query);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all{raw, freeaddrinfo};
  addresses out;
  for (const auto* each = raw; each != nullptr; each = each->ai_next)
    if (wanted(each->ai_family, query))
      out.push_back(with_port(each->ai_addr, query.port));
  if (out.empty())
    return lookup_failure(EAI_NONAME, query);
  return out;
}

} // namespace zmqrt::transports
