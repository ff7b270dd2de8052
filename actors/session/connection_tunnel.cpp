// SPDX-License-Identifier: MPL-2.0
//
// The connection's way through a SOCKS5 proxy (SOCKS_PROXY,
// zmq_setsockopt(3)): the proxy is asked for the peer, and the handshake
// begins once it says that the way is open. All of it within CONNECT_TIMEOUT
// or HANDSHAKE_IVL, whichever is less.

#include <algorithm>
#include <cstring>

#include "actors/logging/loggers.hpp"
#include "actors/session/connection.hpp"

namespace zmqrt::actors {

namespace {

/// 0: no limit.
std::chrono::milliseconds tunnel_limit(const socket_options& options) {
  const auto connecting = options.connect_timeout;
  const auto shaking = options.handshake_ivl;
  if (connecting.count() == 0 || shaking.count() == 0)
    return std::max(connecting, shaking);
  return std::min(connecting, shaking);
}

} // namespace

void connection::enter_tunnel() {
  phase_ = phase::tunnelling;
  const auto& options = *setup_.options;
  tunnel_ = std::make_unique<wire::socks5>(
    *setup_.behind_proxy,
    wire::socks5_login{options.socks_username, options.socks_password});
  if (const auto limit = tunnel_limit(options); limit.count() > 0)
    setup_.loop->arm(deadline_, setup_.loop->now() + limit);
  stream_->receive(true);
  send_in_tunnel();
}

void connection::send_in_tunnel() {
  if (sending_ != sending::nothing)
    return; // on_sent() comes back here
  const auto text = tunnel_->take_output();
  if (text.empty())
    return;
  const auto slab = setup_.loop->buffers().take(text.size());
  if (!slab) {
    fail_tunnel(make_error_code(errc::no_memory));
    return;
  }
  std::memcpy(slab->data(), text.data(), text.size());
  control_.clear();
  control_.append(slab, slab->data(), text.size());
  sending_ = sending::control;
  sent_bytes_ = 0;
  stream_->send(control_);
}

void connection::on_received_in_tunnel(const slab_ref& owner,
                                       std::span<const std::byte> bytes) {
  tunnel_->receive(bytes);
  if (tunnel_->waits()) {
    send_in_tunnel();
    return;
  }
  if (tunnel_->stage() == wire::socks5_stage::failed) {
    fail_tunnel(tunnel_->why());
    return;
  }
  tunnel_.reset();
  setup_.loop->disarm(deadline_);
  if (setup_.events->wants(event_kind::connected))
    setup_.events->publish({event_kind::connected, -1, {}, setup_.endpoint, 0});
  shake_hands();
  // The peer may have spoken in the same segment.
  if (!bytes.empty())
    on_received(owner, bytes);
}

void connection::fail_tunnel(std::error_code why) {
  begin_close(why, event_kind::closed);
  logging::session().debug("proxy_failed endpoint={} code={}", setup_.endpoint,
                           why.value());
}

} // namespace zmqrt::actors
