// SPDX-License-Identifier: MPL-2.0
//
// libzmq's context and socket, ended by their scope; what it refuses throws
// std::runtime_error.

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <zmq.h>

namespace zmqrt::bench {

inline void check_zmq(bool ok, const char* what) {
  if (!ok)
    throw std::runtime_error(std::string("libzmq: ") + what + ": "
                             + zmq_strerror(zmq_errno()));
}

class zmq_context {
public:
  zmq_context() : context_(zmq_ctx_new()) {
    check_zmq(context_ != nullptr, "zmq_ctx_new");
  }
  zmq_context(const zmq_context&) = delete;
  zmq_context& operator=(const zmq_context&) = delete;
  ~zmq_context() {
    zmq_ctx_term(context_);
  }
  void set(int option, int value) {
    check_zmq(zmq_ctx_set(context_, option, value) == 0, "zmq_ctx_set");
  }
  [[nodiscard]] void* get() const noexcept {
    return context_;
  }

private:
  void* context_;
};

/// Does not linger.
class zmq_socket_owner {
public:
  zmq_socket_owner(zmq_context& home, int type)
    : socket_(zmq_socket(home.get(), type)) {
    check_zmq(socket_ != nullptr, "zmq_socket");
    set(ZMQ_LINGER, 0);
  }
  zmq_socket_owner(zmq_socket_owner&& other) noexcept
    : socket_(std::exchange(other.socket_, nullptr)) {
  }
  zmq_socket_owner& operator=(zmq_socket_owner&&) = delete;
  ~zmq_socket_owner() {
    if (socket_ != nullptr)
      zmq_close(socket_);
  }
  void set(int option, int value) {
    check_zmq(zmq_setsockopt(socket_, option, &value, sizeof value) == 0,
              "zmq_setsockopt");
  }
  void set(int option, std::string_view value) {
    check_zmq(zmq_setsockopt(socket_, option, value.data(), value.size()) == 0,
              "zmq_setsockopt");
  }
  void bind(const std::string& endpoint) {
    check_zmq(zmq_bind(socket_, endpoint.c_str()) == 0, "zmq_bind");
  }
  void connect(const std::string& endpoint) {
    check_zmq(zmq_connect(socket_, endpoint.c_str()) == 0, "zmq_connect");
  }
  void send(std::string_view text) {
    check_zmq(zmq_send(socket_, text.data(), text.size(), 0) >= 0, "zmq_send");
  }
  /// False: nothing is there (with ZMQ_DONTWAIT).
  bool recv(int flags = 0) {
    char into[256];
    const int size = zmq_recv(socket_, into, sizeof into, flags);
    if (size < 0 && zmq_errno() == EAGAIN)
      return false;
    check_zmq(size >= 0, "zmq_recv");
    return true;
  }
  [[nodiscard]] void* get() const noexcept {
    return socket_;
  }

private:
  void* socket_;
};

} // namespace zmqrt::bench
