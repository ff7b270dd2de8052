// SPDX-License-Identifier: MPL-2.0
//
// One question to the application's ZAP handler (RFC 27): a DEALER of its own
// that is linked to inproc://zeromq.zap.01, so that a handler that answers
// another question, twice, or never, harms this connection at most. The end of
// the call takes the question back. Belongs to its reactor's thread.

#pragma once

#include <functional>
#include <memory>

#include "actors/gate/gate.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "actors/posted_bell.hpp"
#include "libzmqrt/wire/authentication.hpp"
#include "zmqrt/authentication.hpp"

namespace zmqrt::actors {

class zap_call {
public:
  /// `changed` is called, on `loop`, when look() has something to say.
  zap_call(inproc_registry& names,
           const std::shared_ptr<transports::reactor>& loop,
           std::function<void()> changed);
  ~zap_call();
  zap_call(const zap_call&) = delete;
  zap_call& operator=(const zap_call&) = delete;

  /// `unfit`: who is bound there is no handler, or there is no memory.
  enum class asking : std::uint8_t { asked, nobody, unfit };
  /// Once.
  [[nodiscard]] asking ask(const auth_request& about);

  enum class outcome : std::uint8_t { waiting, answered, malformed, gone };
  /// What has come of it: `answer`, what is wrong with the reply in `why`, or
  /// the handler ended without an answer.
  [[nodiscard]] outcome look(wire::auth_answer& answer, wire::verdict& why);

  void on_bell();

private:
  class ringer;

  inproc_registry& names_;
  std::shared_ptr<gate> door_;
  std::shared_ptr<posted_bell<zap_call>> bell_;
  std::shared_ptr<watcher> on_reply_;
  std::shared_ptr<watcher> on_end_; ///< the handler may have gone
  std::function<void()> changed_;
};

} // namespace zmqrt::actors
