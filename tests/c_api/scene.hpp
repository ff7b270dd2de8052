// SPDX-License-Identifier: MPL-2.0
//
// What tests of the C API have in common: a context and its sockets that end by
// themselves, texts in and out, and signals. Knows zmq.h and nothing of zmqrt.

#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <pthread.h>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace zmqrt::test {

/// The test runs on our library, and not on libzmq.
[[nodiscard]] inline bool on_ours() {
  const char* const which = std::getenv("ZMQRT_C_API");
  return which != nullptr && std::string_view{which} == "zmqrt";
}

/// What a call answered, and why.
struct outcome {
  int value = 0;
  int why = 0; ///< errno, where it failed

  outcome(int answer) : value(answer), why(answer < 0 ? errno : 0) {
  }
  friend bool operator==(const outcome& a, const outcome& b) {
    return a.value == b.value && a.why == b.why;
  }
};

[[nodiscard]] inline outcome failure(int why) {
  outcome made{0};
  made.value = -1;
  made.why = why;
  return made;
}

inline std::ostream& operator<<(std::ostream& out, const outcome& what) {
  return out << what.value << " (errno " << what.why << ')';
}

class socket {
public:
  socket(void* context, int type) : handle_(zmq_socket(context, type)) {
    REQUIRE(handle_ != nullptr);
    set(ZMQ_LINGER, 0);
  }
  socket(socket&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {
  }
  socket& operator=(socket&&) = delete;
  ~socket() {
    close();
  }

  // NOLINTNEXTLINE(google-explicit-constructor): as C has it
  operator void*() const noexcept {
    return handle_;
  }
  void close() {
    if (handle_ != nullptr)
      zmq_close(std::exchange(handle_, nullptr));
  }

  void set(int option, int value) {
    REQUIRE(zmq_setsockopt(handle_, option, &value, sizeof value) == 0);
  }
  [[nodiscard]] int get(int option) const {
    int value = -1;
    std::size_t size = sizeof value;
    REQUIRE(zmq_getsockopt(handle_, option, &value, &size) == 0);
    return value;
  }
  /// Answers where it is: give 0 or a star as the port.
  std::string bind(const char* endpoint) {
    REQUIRE(zmq_bind(handle_, endpoint) == 0);
    std::array<char, 256> text{};
    std::size_t size = text.size();
    REQUIRE(zmq_getsockopt(handle_, ZMQ_LAST_ENDPOINT, text.data(), &size)
            == 0);
    return text.data();
  }
  void connect(const std::string& endpoint) {
    REQUIRE(zmq_connect(handle_, endpoint.c_str()) == 0);
  }
  void send(std::string_view text, int flags = 0) {
    REQUIRE(zmq_send(handle_, text.data(), text.size(), flags)
            == static_cast<int>(text.size()));
  }
  [[nodiscard]] outcome try_send(std::string_view text) {
    return zmq_send(handle_, text.data(), text.size(), ZMQ_DONTWAIT);
  }
  [[nodiscard]] std::string recv(int flags = 0) {
    std::array<char, 256> text{};
    const int size = zmq_recv(handle_, text.data(), text.size(), flags);
    REQUIRE(size >= 0);
    return {text.data(), static_cast<std::size_t>(size)};
  }
  [[nodiscard]] outcome try_recv() {
    return zmq_recv(handle_, nullptr, 0, ZMQ_DONTWAIT);
  }

private:
  void* handle_;
};

class context {
public:
  context() = default;
  context(const context&) = delete;
  context& operator=(const context&) = delete;
  ~context() {
    while (zmq_ctx_term(handle_) != 0 && errno == EINTR) {
    }
  }

  // NOLINTNEXTLINE(google-explicit-constructor): as C has it
  operator void*() const noexcept {
    return handle_;
  }
  [[nodiscard]] socket open(int type) const {
    return {handle_, type};
  }
  /// Two that are connected, the first one bound.
  [[nodiscard]] std::pair<socket, socket>
  connected(int bound, int connecting,
            const char* endpoint = "inproc://both") const {
    std::pair<socket, socket> both{open(bound), open(connecting)};
    both.second.connect(both.first.bind(endpoint));
    return both;
  }

private:
  void* handle_ = zmq_ctx_new();
};

/// Has signals delivered to the thread that makes it, again and again as long
/// as it lives: one may come right before the call that it is meant for.
class disturbance {
public:
  /// `flags` of sigaction(2): SA_RESTART, or none.
  explicit disturbance(int flags) {
    struct sigaction what {};
    what.sa_handler = [](int) {};
    what.sa_flags = flags;
    REQUIRE(::sigaction(SIGUSR1, &what, &before_) == 0);
    sender_ = std::thread{[this, whom = ::pthread_self()] {
      while (!over_) {
        ::pthread_kill(whom, SIGUSR1);
        std::this_thread::yield();
      }
    }};
  }
  disturbance(const disturbance&) = delete;
  disturbance& operator=(const disturbance&) = delete;
  ~disturbance() {
    over_ = true;
    sender_.join();
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

private:
  struct sigaction before_ {};
  std::atomic<bool> over_{false};
  std::thread sender_;
};

} // namespace zmqrt::test
