// SPDX-License-Identifier: MPL-2.0
//
// What tests of security share: sockets that have a mechanism, and ZAP
// handlers that answer as they are told (RFC 27).

#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/actors/fixture.hpp"
#include "zmqrt/curve.hpp"

namespace zmqrt::test {

inline void serve_curve(socket& on, const curve_pair& own) {
  on.set(option::curve_server, true);
  on.set(option::curve_secretkey, curve_octets(own.secret_key));
}
inline void use_curve(socket& on, const curve_pair& own,
                      const curve_public_key& server) {
  on.set(option::curve_publickey, curve_octets(own.public_key));
  on.set(option::curve_secretkey, curve_octets(own.secret_key));
  on.set(option::curve_serverkey, curve_octets(server));
}
inline void use_plain(socket& on, std::string_view name,
                      std::string_view password) {
  on.set(option::plain_username, std::string{name});
  on.set(option::plain_password, std::string{password});
}

/// How a handshake ended.
inline event await_end(monitor& events) {
  return await(events, {event_kind::handshake_succeeded,
                        event_kind::handshake_failed_auth,
                        event_kind::handshake_failed_protocol,
                        event_kind::handshake_failed_no_detail});
}

/// Both ends of a connection, and what they saw of it.
struct pair_of_ends {
  explicit pair_of_ends(scene& it)
    : server(it.pull()), client(it.eager_push()), at_server(server.monitor()),
      at_client(client.monitor()), endpoint(it.fresh()) {
  }

  void meet() {
    client.connect(server.bind(endpoint));
  }
  void require_meet() {
    meet();
    REQUIRE(await_end(at_client).kind == event_kind::handshake_succeeded);
    client.send("hello");
  }
  void require_refused(event_kind why, std::int64_t value) {
    meet();
    const auto end = await_end(at_server);
    CHECK(to_string(end.kind) == to_string(why));
    CHECK(end.value == value);
  }

  socket server;
  socket client;
  monitor at_server;
  monitor at_client;
  std::string endpoint;
};

/// A ZAP handler on a thread of its own. `answer` gets a request from its
/// version frame on, and answers the reply from there on.
class zap_handler {
public:
  using frames = std::vector<std::string>;
  using answerer = std::function<frames(const frames&)>;

  zap_handler(scene& it, socket_type type, answerer answer)
    : handler_(it.open(type)), answer_(std::move(answer)) {
    handler_.set(option::rcvtimeo, infinite);
    handler_.bind("inproc://zeromq.zap.01");
    thread_ = std::thread{[this] { serve(); }};
  }
  zap_handler(const zap_handler&) = delete;
  zap_handler& operator=(const zap_handler&) = delete;
  ~zap_handler() {
    handler_.close();
    thread_.join();
  }

private:
  void serve() {
    try {
      for (;;) {
        const message request = handler_.recv();
        // A ROUTER's has the peer and the delimiter in front.
        const std::size_t front = request.size() > 7 && is_router() ? 2 : 0;
        frames about;
        for (std::size_t i = front; i < request.size(); ++i)
          about.emplace_back(request[i].view());
        message reply;
        for (std::size_t i = 0; i < front; ++i)
          reply.push_back(request[i].view());
        for (const std::string& part : answer_(about))
          reply.push_back(part);
        handler_.send(std::move(reply));
      }
    } catch (const error&) { // closed
    }
  }
  [[nodiscard]] bool is_router() {
    return handler_.type() == socket_type::router;
  }

  socket handler_;
  answerer answer_;
  std::thread thread_;
};

/// A proper reply to a request.
[[nodiscard]] inline zap_handler::frames
zap_reply(const zap_handler::frames& request, std::string_view status,
          std::string_view user = {}, std::string_view metadata = {}) {
  return {"1.0",
          request.at(1),
          std::string{status},
          "as the test says",
          std::string{user},
          std::string{metadata}};
}

} // namespace zmqrt::test
