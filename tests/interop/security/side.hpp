// SPDX-License-Identifier: MPL-2.0
//
// One end of a connection whose peer has to be let in: a DEALER of either
// library, with the handler that its process has. One thread.

#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/interop/security/zap_script.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

/// A monitor event; values that are descriptors in libzmq are 0.
struct noted {
  event_kind what;
  std::int64_t value;

  friend bool operator==(const noted&, const noted&) = default;
  friend std::ostream& operator<<(std::ostream& out, const noted& one);
};

using record = std::vector<noted>;

/// Whether a settled one (side::until_settled) did not succeed.
[[nodiscard]] bool failed(const record& events);

class side {
public:
  virtual ~side() = default;

  /// Before bind and connect.
  virtual void handle_zap(const zap_script& script) = 0;
  virtual std::string bind(const std::string& endpoint) = 0;
  virtual void connect(const std::string& endpoint) = 0;
  /// Sends, unless it would block.
  virtual void offer(const std::string& text) = 0;
  /// Waits for a message of one frame.
  virtual std::string hear() = 0;
  /// Waits for a message, and answers these properties of it; null: it has
  /// none of that name.
  virtual json hear_about(const std::vector<std::string>& names) = 0;
  /// Whether there is none now, or none any more.
  virtual bool hears_nothing() = 0;
  /// What its handler was asked so far; frames as hex, but the request id.
  virtual std::vector<frames> requests() = 0;
  /// Closes its socket, if there is nothing to hear from it.
  virtual void leave() = 0;
  /// Events up to the end of the handshake, or of the connection.
  virtual record until_settled() = 0;
};

/// Options by libzmq's names in small letters; keys in Z85.
[[nodiscard]] std::unique_ptr<side> libzmq_side(const json& options);
[[nodiscard]] std::unique_ptr<side> our_side(io_backend backend,
                                             const json& options);

/// Sets an option of ours by its name.
void set_named(socket& of, const std::string& name, const json& value);

[[nodiscard]] std::string hex(std::string_view octets);

} // namespace zmqrt::test
