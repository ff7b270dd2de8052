// SPDX-License-Identifier: MPL-2.0
//
// A foreign implementation in a process of its own (peers/), driven by JSON
// lines: a command {"do": ...} is answered by one {"event": ...}. README.md
// lists them. One thread.

#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/interop/traffic.hpp"
#include "tests/support/process.hpp"

namespace zmqrt::test {

using json = nlohmann::json;

/// Which program: all but `raw` hold one ZeroMQ socket (`node` one of libzmq
/// 4.3.5, for its drafts), `raw` speaks ZMTP on a plain stream socket.
enum class implementation { libzmq, pyzmq, jeromq, node, raw };

[[nodiscard]] const char* name_of(implementation which) noexcept;

class peer {
public:
  explicit peer(implementation which);

  /// Sends a command and does not wait.
  void tell(const json& command);
  /// The next event; an "error" event throws std::runtime_error.
  json next(std::chrono::milliseconds limit = process::patience);
  /// Both.
  json ask(const json& command,
           std::chrono::milliseconds limit = process::patience);

  /// Makes the peer's socket; `type` is PUSH, PULL, PAIR, ...
  void open(const std::string& type, const json& options = json::object());
  /// Answers the resolved endpoint.
  std::string bind(const std::string& endpoint);
  void connect(const std::string& endpoint);

  /// The peer sends or receives while the test goes on; sent() and
  /// received() wait for the end and answer the checksum.
  void start_send(const traffic& what);
  std::uint32_t sent(std::chrono::milliseconds limit = process::patience);
  void start_recv(std::uint64_t count);
  std::uint32_t received(std::chrono::milliseconds limit = process::patience);

  [[nodiscard]] process& program() noexcept {
    return process_;
  }

private:
  process process_;
  std::string name_;
};

} // namespace zmqrt::test
