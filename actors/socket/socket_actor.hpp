// SPDX-License-Identifier: MPL-2.0
//
// The socket actor: owner of a socket's listeners, connectors and sessions.
// It runs their lifecycle; no message of the application passes through it.
// Lives on one reactor, with all its children.
//
//   open --close_socket--> freeing --listeners gone--> lingering --> over
//                          (answers then)    (children gone, or time is up)

#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/gate/inproc_registry.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/session/connection.hpp"
#include "actors/socket/socket_core.hpp"
#include "libzmqrt/endpoint/endpoint.hpp"

namespace zmqrt::actors {

class socket_actor final : public pinned<socket_handle::base> {
public:
  socket_actor(caf::actor_config& config, reactor_unit& unit,
               std::shared_ptr<socket_core> core, context_handle parent);
  ~socket_actor() override;

  const char* name() const override {
    return "zmqrt.socket";
  }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using promise = caf::typed_response_promise<answer>;

  struct bound_endpoint {
    std::string text;      // as resolved
    std::string asked;     // as given
    listener_handle child; // none for inproc
    std::string inproc_name;
    std::vector<promise> unbinders; // answered when the child is down
  };
  struct connected_endpoint {
    std::string text;
    leaving_handle child; // none for inproc
    std::string inproc_name;
    /// Of one that has it from the beginning: its number and serial.
    std::optional<std::pair<patterns::pipe_id, std::uint64_t>> pipe{};
  };
  struct pending_endpoint {
    std::uint64_t number;
    endpoint where;
    endpoint_use use;
    promise reply;
    std::unique_ptr<transports::resolution> resolution;
  };

  // -- handlers -------------------------------------------------------------

  caf::result<answer> handle_bind(const std::string& text);
  caf::result<answer> handle_unbind(const std::string& text);
  caf::result<answer> handle_connect(const connect_endpoint& what);
  answer start_connecting(endpoint&& where);
  /// Of the C API: it is connected there already, which is enough.
  [[nodiscard]] bool repeats(const std::string& text) const;
  answer handle_disconnect(const std::string& text);
  caf::result<answer> handle_close(std::int64_t linger_ms);
  void handle_session(const session_handle& child);
  void handle_down(const caf::down_msg& down);

  // -- binding --------------------------------------------------------------

  /// Answers when it is resolved, and then bound; of udp also a connect.
  caf::result<answer> start_resolving(endpoint&& where, endpoint_use use);
  void on_resolved(std::uint64_t number,
                   result<std::vector<transports::address>> found);
  answer listen_on(const endpoint& where,
                   const std::vector<transports::address>& addresses);
  void forget_descriptor(int fd);
  answer open_datagram(const pending_endpoint& pending,
                       const std::vector<transports::address>& addresses);
  answer add_datagram(const pending_endpoint& pending, connection_setup setup,
                      std::unique_ptr<transports::datagram> opened);
  answer bind_inproc(const endpoint& where);
  void bind_failed(const endpoint& where, std::error_code why);

  // -- closing --------------------------------------------------------------

  void linger(std::int64_t linger_ms);
  /// Has the wishes looked after; those that end by our own linger, with -1.
  void look_after(const std::vector<wish_id>& wishes, std::int64_t linger_ms);
  void listeners_gone();
  void finish_if_empty();
  void stop_lingering();

  [[nodiscard]] connection_setup blueprint(std::string text);
  /// Adds the security mechanism. Null: done; else what it lacks, in words.
  [[nodiscard]] const char* secure(connection_setup& setup);

  std::shared_ptr<socket_core> core_;
  context_handle parent_;
  std::vector<bound_endpoint> bound_;
  std::vector<connected_endpoint> connected_;
  std::vector<leaving_handle> leaving_; // disconnected, still lingering
  std::map<caf::actor_addr, session_handle> sessions_;
  std::list<pending_endpoint> pending_;
  std::uint64_t next_pending_ = 1;
  std::optional<std::int64_t> closing_; // linger in ms
  std::vector<promise> closers_;
  transports::timer linger_timer_;
  std::shared_ptr<cookie_jar> cookies_;
};

} // namespace zmqrt::actors
