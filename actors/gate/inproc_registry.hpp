// SPDX-License-Identifier: MPL-2.0
//
// The names of inproc endpoints in one context (zmq_inproc(7)), and the links
// between gates that they lead to. A link joins a pipe of one gate to a pipe
// of another: the reader takes the writer's outbox by pointer, no reactor is
// involved. Connect before bind is remembered as a wish until the bind comes,
// on demand also when the one who connected has left by then. Any thread.

#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "actors/gate/doorbell.hpp"
#include "actors/gate/gate.hpp"

namespace zmqrt::actors {

/// A wish whose owner has left it behind. Never used twice.
using wish_id = std::uint64_t;

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
  /// Ends the links (or the wishes) that connect() made. What was sent stays
  /// readable. Wishes with unsent messages are dropped, or, where `left` is
  /// given, left behind and added to it: their pipes take nothing new, and who
  /// binds gets what was sent. Error: no_such_endpoint.
  [[nodiscard]] std::error_code
  disconnect(std::string_view name, const std::shared_ptr<gate>& who,
             std::vector<wish_id>* left = nullptr);
  /// Ends all that `who` has here: its socket closes. What it sent to peers
  /// has reached them by then. Its wishes as with disconnect(); without
  /// `left` also those that it left behind earlier.
  void leave(const std::shared_ptr<gate>& who,
             std::vector<wish_id>* left = nullptr);

  /// What is bound by this name; none: nobody.
  [[nodiscard]] std::optional<socket_type> holder(std::string_view name) const;

  // -- wishes that were left behind -----------------------------------------

  /// Rings `bell` when this wish is fulfilled or hopeless. False: it is.
  [[nodiscard]] bool watch(wish_id which, std::shared_ptr<doorbell> bell);
  /// Whether it may still be fulfilled.
  [[nodiscard]] bool waits(wish_id which) const;
  /// Nothing is done if it was fulfilled.
  void drop(wish_id which);
  /// Nobody will bind any more: from now on no wish is left behind, and those
  /// that are become hopeless.
  void give_up();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace zmqrt::actors
