// SPDX-License-Identifier: MPL-2.0
//
// How a socket actor opens UDP endpoints (zmq_udp(7)): a bind and a connect are
// the same, but for whose the address is. Both answer when it is open, since
// nothing else can fail later.

#include "actors/session/datagram_session.hpp"
#include "actors/socket/answers.hpp"
#include "actors/socket/socket_actor.hpp"

namespace zmqrt::actors {

namespace {

transports::datagram_options
make_datagram_options(const socket_options& options) {
  transports::datagram_options result;
  result.sndbuf = options.sndbuf;
  result.rcvbuf = options.rcvbuf;
  result.tos = options.tos;
  result.priority = options.priority;
  result.multicast_hops = options.multicast_hops;
  result.multicast_loop = options.multicast_loop;
  result.bind_to_device = options.bindtodevice;
  return result;
}

/// "udp://127.0.0.1:5555", "udp://eth0;239.0.0.1:5555".
std::string text_of(const endpoint& where, const transports::address& local) {
  std::string text = "udp://";
  if (where.source.present && !where.source.any_host)
    text += (where.source.bracketed ? "[" + where.source.host + "]"
                                    : where.source.host)
            + ";";
  return text + local.host_and_port();
}

} // namespace

answer
socket_actor::open_datagram(const pending_endpoint& pending,
                            const std::vector<transports::address>& addresses) {
  const endpoint& where = pending.where;
  const bool bound = pending.use == endpoint_use::bind;
  auto setup = blueprint(where.text);
  auto options = make_datagram_options(*setup.options);
  options.bound = bound;
  if (where.source.present)
    options.interface = where.source.host;
  failure why;
  for (const auto& address : addresses) {
    auto opened = loop().open_datagram(address, options);
    if (!opened) {
      why = opened.why();
      continue;
    }
    if (bound)
      setup.endpoint = text_of(where, (*opened)->local());
    return add_datagram(pending, std::move(setup), std::move(*opened));
  }
  if (bound)
    bind_failed(where, why.code);
  return refused(why, where.text);
}

answer
socket_actor::add_datagram(const pending_endpoint& pending,
                           connection_setup setup,
                           std::unique_ptr<transports::datagram> opened) {
  const auto text = setup.endpoint;
  auto link =
    std::make_shared<datagram_link>(std::move(setup), std::move(opened));
  if (!link->attach()) {
    const auto why = core_->door()->failure();
    if (pending.use == endpoint_use::bind)
      bind_failed(pending.where,
                  why ? why : make_error_code(errc::invalid_argument));
    return why ? refused(why, text)
               : refused(errc::invalid_argument, text,
                         "a DGRAM has one endpoint at a time");
  }
  auto child = spawn_pinned<datagram_session>(unit(), std::move(link),
                                              socket_handle{this});
  monitor(child);
  if (pending.use == endpoint_use::bind) {
    bound_.push_back({text, pending.where.text, child, {}, {}});
    // So that LINGER bounds it, too.
    sessions_.emplace(child.address(), child);
    core_->events()->publish({event_kind::listening, -1, text, {}, 0});
  } else {
    connected_.push_back({text, child, {}});
  }
  core_->set_last_endpoint(text);
  return {0, text, {}, 0};
}

} // namespace zmqrt::actors
