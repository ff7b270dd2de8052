// SPDX-License-Identifier: MPL-2.0
//
// The session actor's handlers.

#include "actors/session/session.hpp"

#include "actors/caf_compat.hpp"
#include "actors/context/authority.hpp"

namespace zmqrt::actors {

session::session(caf::actor_config& config, reactor_unit& unit,
                 connection_setup setup,
                 std::unique_ptr<transports::stream> bytes,
                 connector_handle supervisor, caf::actor_addr parent)
  : pinned(config, unit), decides_(setup.decides),
    connection_(
      std::make_shared<connection>(std::move(setup), std::move(bytes))),
    supervisor_(std::move(supervisor)), parent_(std::move(parent)) {
}

session::~session() = default;

session::behavior_type session::make_behavior() {
  monitor(caf::actor_cast<caf::strong_actor_ptr>(parent_));
  set_down_handler([this](caf::down_msg& down) {
    if (same_actor(down.source, parent_))
      connection_->abort(make_error_code(errc::terminated));
    else
      on_answer(auth_reply{}); // nobody decides any more: 500
  });
  connection_->start(*this);
  started_ = true;
  return {
    [this](drain_session) {
      parent_ends_ = true;
      connection_->drain();
    },
    [this](abort_session) {
      parent_ends_ = true;
      connection_->abort(make_error_code(errc::connection_aborted));
    },
  };
}

void session::on_connection_ready() {
  const auto tell = [this] {
    if (supervisor_)
      send(supervisor_, session_ready{});
  };
  // An actor without a behavior is over when enter() returns.
  if (started_)
    enter(tell);
  else
    tell();
}

bool session::on_question(const auth_request& about) {
  const authenticator who = decides_ ? decides_->get() : authenticator{};
  if (!who)
    return false;
  enter([&] {
    // Its end may come after it has taken the question, and made a promise.
    asked_ = who.address();
    monitor(who);
    request(who, caf::infinite, about)
      .then([this](const auth_reply& reply) { on_answer(reply); },
            [this](const caf::error&) { on_answer(auth_reply{}); });
  });
  return true;
}

void session::on_answer(const auth_reply& reply) {
  forget_asked();
  if (const auto keep = connection_)
    keep->authenticated(reply);
}

void session::forget_asked() {
  if (asked_)
    end_monitoring(std::exchange(asked_, {}));
}

void session::on_connection_over(const connection_end& how) {
  enter([&] {
    connection_.reset();
    if (supervisor_)
      send(supervisor_, session_ended{how.reason.value(), how.was_ready,
                                      how.hung_up, how.failure});
    quit(exit_error(how.reason));
  });
}

void session::on_exit() {
  if (connection_ != nullptr)
    std::exchange(connection_, nullptr)->orphan();
  supervisor_ = nullptr;
  forget_asked();
  // CAF 0.17 looks for the entry from the newest on: with 10,000 sessions that
  // end at once it was most of closing. A parent that ends drops them all.
  if (!parent_ends_)
    end_monitoring(parent_);
}

} // namespace zmqrt::actors
