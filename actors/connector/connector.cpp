// SPDX-License-Identifier: MPL-2.0
//
// The connector actor: attempts and their failures. How it stops is in
// connector_stop.cpp.

#include "actors/connector/connector.hpp"

#include "actors/connector/source.hpp"
#include "actors/logging/loggers.hpp"
#include "actors/session/engine_setup.hpp"
#include "actors/session/session.hpp"

namespace zmqrt::actors {

namespace {

// RECONNECT_STOP's bits (zmq_setsockopt(3) of libzmq 4.3.5).
constexpr int stop_if_refused = 0x1;
constexpr int stop_if_handshake_failed = 0x2;
constexpr int stop_if_disconnected = 0x4;

/// The value of SOCKS_PROXY, which was checked when it was set.
std::optional<endpoint::host_port> proxy_for(const endpoint& where,
                                             const socket_options& options) {
  if (where.transport != transport_kind::tcp || options.socks_proxy.empty())
    return std::nullopt;
  auto parsed =
    parse_endpoint("tcp://" + options.socks_proxy, endpoint_use::connect);
  return parsed ? std::optional{std::move(parsed->remote)} : std::nullopt;
}

} // namespace

connector::connector(caf::actor_config& config, reactor_unit& unit,
                     connection_setup blueprint, endpoint where,
                     socket_handle parent)
  : pinned(config, unit), blueprint_(std::move(blueprint)),
    where_(std::move(where)), proxy_(proxy_for(where_, *blueprint_.options)),
    parent_(std::move(parent)), backoff_(blueprint_.options->reconnect_ivl,
                                         blueprint_.options->reconnect_ivl_max),
    retry_(this,
           [](void* self) {
             auto* me = static_cast<connector*>(self);
             me->enter([me] { me->attempt(); });
           }),
    connect_timeout_(this,
                     [](void* self) {
                       auto* me = static_cast<connector*>(self);
                       me->enter([me] { me->on_connect_timeout(); });
                     }),
    linger_(this, [](void* self) {
      auto* me = static_cast<connector*>(self);
      me->enter([me] { me->stop_now(); });
    }) {
  if (proxy_)
    blueprint_.behind_proxy = std::make_shared<wire::socks5_target>(
      wire::socks5_target{where_.remote.host, where_.remote.port});
}

connector::~connector() = default;

connector::behavior_type connector::make_behavior() {
  monitor(parent_);
  set_down_handler([this](caf::down_msg& down) {
    if (session_ && down.source == session_.address())
      on_session_down();
    else if (down.source == parent_.address())
      stop_now();
  });
  attempt();
  return {
    [this](stop_connecting how) { handle_stop(how.linger_ms); },
    [this](session_ready) { backoff_.reset(); },
    [this](session_ended how) { last_end_ = how; },
  };
}

void connector::publish(event_kind kind, std::int64_t value) {
  if (blueprint_.events->wants(kind))
    blueprint_.events->publish({kind, value, {}, where_.text, 0});
}

// -- one attempt --------------------------------------------------------------

void connector::attempt() {
  addresses_.clear();
  next_address_ = 0;
  phase_ = phase::resolving;
  if (where_.transport == transport_kind::ipc) {
    auto path = transports::address::ipc(where_.path, where_.abstract);
    if (!path) {
      on_attempt_failed(path.code());
      return;
    }
    addresses_.push_back(*path);
    dial_next();
    return;
  }
  arm_connect_timeout();
  // Names are resolved anew each time: an address may have changed.
  transports::resolve_query query;
  query.host = next_hop().host;
  query.port = next_hop().port;
  query.ipv6 = blueprint_.options->ipv6;
  resolution_ = loop().resolve(query, [this](auto found) {
    enter([&] { on_resolved(std::move(found)); });
  });
}

const endpoint::host_port& connector::next_hop() const noexcept {
  return proxy_ ? *proxy_ : where_.remote;
}

void connector::on_resolved(result<std::vector<transports::address>> found) {
  resolution_.reset();
  if (phase_ != phase::resolving)
    return;
  if (!found || found->empty()) {
    on_attempt_failed(found ? make_error_code(errc::host_unreachable)
                            : found.code());
    return;
  }
  addresses_ = std::move(*found);
  dial_next();
}

void connector::dial_next() {
  phase_ = phase::dialing;
  const auto& remote = addresses_[next_address_++];
  transports::dial_options options;
  options.stream = make_stream_options(*blueprint_.options);
  if (where_.source.present) {
    // Anew each time, too: an interface may have another address by now.
    auto source = choose_source(loop(), where_.source, remote);
    if (!source) {
      on_address_failed(source.code());
      return;
    }
    options.source = *source;
  }
  dial_timed_out_ = false;
  dialer_ = loop().dial(remote, options);
  keep_ = caf::strong_actor_ptr{ctrl()};
  dialer_->start(*this);
  if (where_.transport == transport_kind::tcp) // ipc connects within the call
    publish(event_kind::connect_delayed, EINPROGRESS);
  arm_connect_timeout();
}

void connector::arm_connect_timeout() {
  const auto limit = blueprint_.options->connect_timeout;
  if (limit.count() > 0)
    loop().arm(connect_timeout_, loop().now() + limit);
}

void connector::on_connect_timeout() {
  if (phase_ == phase::resolving) {
    resolution_.reset();
    on_attempt_failed(make_error_code(errc::timed_out));
    return;
  }
  dial_timed_out_ = true;
  dialer_->close();
}

void connector::on_connected(std::unique_ptr<transports::stream> bytes) {
  const auto keep = std::move(keep_);
  dialer_.reset();
  enter([&] {
    if (connect_timeout_.armed())
      loop().disarm(connect_timeout_);
    if (phase_ != phase::dialing)
      return; // stopped meanwhile: the stream closes itself
    phase_ = phase::connected;
    if (!proxy_) // else once the way behind it is open
      publish(event_kind::connected, -1);
    auto setup = blueprint_;
    last_end_ = {};
    session_ = spawn_pinned<session>(unit(), std::move(setup), std::move(bytes),
                                     connector_handle{this}, address());
    monitor(session_);
    if (stopping_)
      send(session_, drain_session{});
  });
}

void connector::on_dial_failed(std::error_code why) {
  const auto keep = std::move(keep_);
  dialer_.reset();
  enter([&] {
    if (connect_timeout_.armed())
      loop().disarm(connect_timeout_);
    publish(event_kind::closed, -1);
    if (phase_ == phase::dialing)
      on_address_failed(why);
  });
}

void connector::on_dial_closed() {
  if (dial_timed_out_)
    on_dial_failed(make_error_code(errc::timed_out));
  else
    on_dial_failed(make_error_code(errc::connection_aborted));
}

void connector::on_address_failed(std::error_code why) {
  if (next_address_ < addresses_.size())
    dial_next();
  else
    on_attempt_failed(why);
}

// -- between attempts ---------------------------------------------------------

void connector::on_attempt_failed(std::error_code why) {
  if (connect_timeout_.armed())
    loop().disarm(connect_timeout_);
  logging::connector().debug("attempt_failed endpoint={} why={}", where_.text,
                             why.message());
  wait_and_retry(why == errc::connection_refused ? stop_if_refused : 0);
}

void connector::on_session_down() {
  session_ = nullptr;
  const bool in_tunnel = last_end_.failure == event_kind::closed;
  if (in_tunnel)
    publish(event_kind::closed, -1);
  if (over_ || last_end_.hung_up || (stopping_ && nothing_to_send())) {
    stop_now();
    return;
  }
  if (in_tunnel) {
    on_attempt_failed(errno_code(last_end_.code));
    return;
  }
  if (blueprint_.options->as_libzmq
      && (last_end_.failure == event_kind::handshake_failed_protocol
          || last_end_.failure == event_kind::handshake_failed_auth)) {
    give_up();
    return;
  }
  wait_and_retry(last_end_.was_ready ? stop_if_disconnected
                                     : stop_if_handshake_failed);
}

void connector::wait_and_retry(int condition) {
  // Whoever hung up meanwhile has nobody to be connected to.
  if (blueprint_.pipe && nothing_to_send()
      && blueprint_.door->fate(*blueprint_.pipe) == pipe_fate::hung_up) {
    stop_now();
    return;
  }
  phase_ = phase::waiting;
  const bool forbidden = (blueprint_.options->reconnect_stop & condition) != 0;
  const auto pause = forbidden ? std::nullopt : backoff_.next(loop().random());
  if (!pause) {
    give_up();
    return;
  }
  publish(event_kind::connect_retried, pause->count());
  loop().arm(retry_, loop().now() + *pause);
}

void connector::give_up() {
  // Never again: as in libzmq the endpoint is gone, and what was meant for it
  // goes to other peers where the pattern says so.
  logging::connector().warn("given_up endpoint={}", where_.text);
  stop_now();
}

} // namespace zmqrt::actors
