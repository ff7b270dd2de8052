// SPDX-License-Identifier: MPL-2.0
//
// The names of inproc endpoints in one context (zmq_inproc(7)), and the links
// between gates that they lead to. A link joins a pipe of one gate to a pipe
// of another: the reader takes the writer's outbox by pointer, no reactor is
// involved. Connect before bind is remembered until the bind comes. Any
// thread.

#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

#include "actors/gate/gate.hpp"

namespace zmqrt::actors {

class inproc_registry {
public:
  inproc_registry();
  ~inproc_registry();

  /// Errors: address_in_use.
  [[nodiscard]] std::error_code bind(std::string_view name,
                                     const std::shared_ptr<gate>& who);
  /// Error: no_such_endpoint. Existing links stay.
  [[nodiscard]] std::error_code unbind(std::string_view name,
                                       const std::shared_ptr<gate>& who);
  /// Links to the name's holder, now or when it binds (the pipe exists at
  /// once, unless IMMEDIATE). Errors: connection_refused when the types do not
  /// go together, invalid_argument when `who` has the one peer that its type
  /// allows.
  [[nodiscard]] std::error_code connect(std::string_view name,
                                        const std::shared_ptr<gate>& who);
  /// Ends the links (or the wish) that connect() made. What was sent stays
  /// readable. Error: no_such_endpoint.
  [[nodiscard]] std::error_code disconnect(std::string_view name,
                                           const std::shared_ptr<gate>& who);
  /// Ends all that `who` has here: its socket closes. What it sent to peers
  /// has reached them by then.
  void leave(const std::shared_ptr<gate>& who);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace zmqrt::actors
