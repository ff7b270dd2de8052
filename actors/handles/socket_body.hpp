// SPDX-License-Identifier: MPL-2.0
//
// What all copies of a socket handle share; its end closes the socket,
// without waiting. The verbs' slow parts (requests to the socket actor) are
// here. Any thread.

#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <caf/all.hpp>

#include "actors/context/context_core.hpp"
#include "actors/socket/socket_core.hpp"
#include "libzmqrt/options/option_table.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::actors {

class socket_body final : public live_options {
public:
  explicit socket_body(std::shared_ptr<socket_core> core);
  ~socket_body();
  socket_body(const socket_body&) = delete;
  socket_body& operator=(const socket_body&) = delete;

  [[nodiscard]] gate& door() const noexcept {
    return *core_->door();
  }
  [[nodiscard]] socket_core& core() const noexcept {
    return *core_;
  }

  [[nodiscard]] const std::shared_ptr<socket_core>&
  shared_core() const noexcept {
    return core_;
  }

  /// Asks the actor, waits, and throws what it refused.
  template <class Request>
  answer ask(Request what, const char* verb, std::string_view subject);

  /// Returns when the endpoints are free.
  void close();
  /// Waits for lingering too, none: without limit; true: it is over.
  bool close_for(std::optional<std::chrono::milliseconds> limit);

  /// Gets the events of `mask` from now on, and monitor_stopped, until it is
  /// dropped.
  [[nodiscard]] std::shared_ptr<event_queue> monitor(std::uint32_t mask);

  [[nodiscard]] option_value live_option(int id) const override;
  [[nodiscard]] option_moment moment(int id) const;

private:
  /// From here on verbs fail. Null: the actor is over already.
  [[nodiscard]] socket_handle begin_close(const context_core::lease& held);

  std::shared_ptr<socket_core> core_;
};

struct socket_access {
  static socket make(std::shared_ptr<socket_body> body) {
    socket result;
    result.body_ = std::move(body);
    return result;
  }
  static const std::shared_ptr<socket_body>& body(const socket& from) {
    return from.body_;
  }
  static void set(socket& what, int id, const option_value& value) {
    what.set_value(id, value);
  }
  [[nodiscard]] static option_value get(const socket& what, int id) {
    return what.get_value(id);
  }
};

template <class Request>
answer socket_body::ask(Request what, const char* verb,
                        std::string_view subject) {
  if (waiting_forbidden())
    throw error{errc::would_deadlock, subject,
                std::string{verb} + " was called on a thread of the runtime"};
  // The gate knows: closed by the application, or the context's end.
  if (const auto why = door().failure())
    throw error{why, subject, "the socket is over"};
  const context_core::lease held{*core_->home()};
  if (!held)
    throw error{errc::terminated, subject, "the context is over"};
  const auto home = core_->home()->settle(core_);
  if (!home)
    throw error{home.code(), subject, home.why().rule};
  const socket_handle& actor = *home;
  if (!actor) {
    const auto why = door().failure(); // closed meanwhile
    throw error{why ? why : make_error_code(errc::terminated), subject,
                "the socket is over"};
  }
  caf::scoped_actor self{core_->home()->system(), true};
  answer reply;
  self->request(actor, caf::infinite, std::move(what))
    .receive([&](answer& got) { reply = std::move(got); },
             [&](const caf::error&) {
               reply.code = static_cast<int>(errc::terminated);
             });
  if (reply.code != 0)
    throw error{errno_code(reply.code), subject, reply.rule};
  return reply;
}

} // namespace zmqrt::actors
