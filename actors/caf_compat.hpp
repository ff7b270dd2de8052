// SPDX-License-Identifier: MPL-2.0
//
// What differs between CAF versions beside pinned actors and interfaces:
// errors as exit reasons, the configuration of a system of our own, and what
// a visit to a system leaves behind.

#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include <caf/actor_addr.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/logger.hpp>
#include <caf/make_message.hpp>
#include <caf/response_promise.hpp>
#include <caf/result.hpp>
#include <caf/scheduled_actor.hpp>

namespace zmqrt::actors {

/// An error of our category, with what there is to say about it; no code: no
/// error. CAF 0.17 has one octet for codes, which suffices to tell ours apart;
/// the whole code rides in the context.
[[nodiscard]] inline caf::error our_error(std::error_code code,
                                          std::string words) {
  if (!code)
    return {};
  return {static_cast<std::uint8_t>(code.value()), caf::atom("zmqrt"),
          caf::make_message(code.value(), std::move(words))};
}

/// Whether it is one, and then what it was made of.
[[nodiscard]] inline bool is_ours(const caf::error& what, int& code,
                                  std::string& words) {
  if (!what || what.category() != caf::atom("zmqrt")
      || !what.context().match_elements<int, std::string>())
    return false;
  code = what.context().get_as<int>(0);
  words = what.context().get_as<std::string>(1);
  return true;
}

/// A code as an exit reason; none is a normal exit.
[[nodiscard]] inline caf::error exit_error(std::error_code code) {
  return our_error(code, code ? code.message() : std::string{});
}

/// Whether both are one actor. CAF 0.17 compares numbers, which are the actor
/// systems' own: an authenticator of another system may have any. (Its monitors
/// are told apart by numbers all the same, the newest first.)
[[nodiscard]] inline bool same_actor(const caf::actor_addr& a,
                                     const caf::actor_addr& b) noexcept {
  return a.get() == b.get();
}

/// "Done", to whoever asked. CAF 0.17 would send an empty message also to who
/// has not asked.
inline void deliver_done(caf::response_promise& to) {
  if (!to.async())
    to.deliver(caf::unit);
}

/// For actors that send without asking to actors they do not know: what those
/// answer all the same (CAF 0.17: results of a promise, and errors) is nobody's
/// business. Anything else is told as CAF does.
template <class Actor>
void ignore_answers(Actor& self) {
  self.set_error_handler([](caf::error&) {});
  self.set_default_handler(
    [](caf::scheduled_actor* to,
       caf::message_view& what) -> caf::result<caf::message> {
      if (what.content().empty())
        return caf::message{};
      return caf::print_and_drop(to, what);
    });
}

/// Around whatever a thread of the application does at an actor system. CAF
/// 0.17 leaves a reference to the system's logger behind in the thread, and
/// the end of the system waits until no thread has one: an idle thread that
/// once called bind() would hold up a term() in another one for ever. So the
/// thread's is dropped again, unless it had it before.
class visit {
public:
  visit() noexcept : before_(caf::logger::current_logger()) {
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    if (caf::logger::current_logger() != before_)
      caf::logger::set_current_actor_system(nullptr);
  }

private:
  const caf::logger* before_;
};

/// One worker that waits instead of polling: an idle process uses no CPU.
inline void make_quiet(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{1});
}

} // namespace zmqrt::actors
