// SPDX-License-Identifier: MPL-2.0
//
// A context of the C API. The runtime behind it is made by the first socket,
// so that options may be set before (zmq_ctx_set(3)); zmq_ctx_term(3) waits for
// every zmq_close(3) first. Any thread.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <sys/types.h>

#include "actors/c_api/handle_table.hpp"
#include "zmqrt/context.hpp"

namespace zmqrt::c_api {

class c_context {
public:
  /// Errors: no_memory.
  c_context();
  ~c_context();
  c_context(const c_context&) = delete;
  c_context& operator=(const c_context&) = delete;

  /// Whether term() waits for the socket's socket_closed().
  enum class counted : bool { no, yes };
  /// Errors: terminated, too_many_open, as zmqrt::context().
  [[nodiscard]] zmqrt::socket open(socket_type type, counted how);
  void socket_closed() noexcept;

  /// Errors: as zmqrt::set_raw(). What comes too late has no effect.
  void set(int option, int value);
  void set(int option, std::string_view value);
  [[nodiscard]] int get(int option) const;
  [[nodiscard]] std::string thread_name_prefix() const;

  /// Verbs of its sockets answer ETERM from now on.
  void shutdown() noexcept;
  /// shutdown(), and waits for every socket's close and lingering. Errors:
  /// interrupted (by a signal; it may be called again). In a forked child there
  /// is nothing to wait for.
  [[nodiscard]] std::error_code term();
  /// This process is a child of the one that made it: nothing of it runs here.
  [[nodiscard]] bool forked() const noexcept;

private:
  void end_runtime() noexcept;

  const pid_t maker_;
  mutable std::mutex mutex_;
  context_options wished_;
  bool no_io_threads_ = false; // was asked for: answered, and not followed
  std::optional<zmqrt::context> made_;
  bool shut_down_ = false;
  std::thread ending_;
  std::atomic<std::uint32_t> open_sockets_{0}; // waited for by term()
  std::atomic<std::uint32_t> ended_{0};        // likewise
};

/// What a handle of a context stands for; its sockets share the context.
struct context_handle {
  static constexpr handle_kind kind = handle_kind::context;
  std::shared_ptr<c_context> context;
};

} // namespace zmqrt::c_api
