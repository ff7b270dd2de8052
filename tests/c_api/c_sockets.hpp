// SPDX-License-Identifier: MPL-2.0
//
// The C API with owners: a context, a socket and a message that end by
// themselves, and texts in place of buffers. What a call answers by errno is
// thrown as std::system_error, on any thread, or looked at with errno_of().

#pragma once

#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <zmq.h>

namespace zmqrt::test {

/// Which library runs under this test (CMakeLists.txt): zmqrt's, or libzmq.
[[nodiscard]] inline bool ours() {
  const char* const named = std::getenv("ZMQRT_C_API");
  return named != nullptr && std::string_view{named} == "zmqrt";
}

/// How long a call may wait before its test fails.
inline constexpr int patience_ms = 20'000;

/// 0, or why the call failed.
[[nodiscard]] inline int errno_of(int answer) noexcept {
  return answer < 0 ? errno : 0;
}
/// What it answered; throws why it failed.
inline int checked(int answer, const char* call) {
  if (answer < 0)
    throw std::system_error(errno, std::generic_category(), call);
  return answer;
}

/// The frames of a message.
using parts = std::vector<std::string>;

class msg {
public:
  msg() {
    zmq_msg_init(&it_);
  }
  explicit msg(std::string_view text) {
    checked(zmq_msg_init_size(&it_, text.size()), "zmq_msg_init_size");
    text.copy(static_cast<char*>(zmq_msg_data(&it_)), text.size());
  }
  msg(const msg&) = delete;
  msg& operator=(const msg&) = delete;
  ~msg() {
    zmq_msg_close(&it_);
  }

  [[nodiscard]] zmq_msg_t* get() noexcept {
    return &it_;
  }
  [[nodiscard]] std::string text() {
    return {static_cast<const char*>(zmq_msg_data(&it_)), zmq_msg_size(&it_)};
  }
  [[nodiscard]] bool more() {
    return zmq_msg_more(&it_) != 0;
  }
  /// Null: there is no such property.
  [[nodiscard]] const char* property(const char* name) {
    return zmq_msg_gets(&it_, name);
  }

private:
  zmq_msg_t it_{};
};

class context {
public:
  context() : it_(zmq_ctx_new()) {
  }
  context(const context&) = delete;
  context& operator=(const context&) = delete;
  ~context() {
    while (it_ != nullptr && zmq_ctx_term(it_) != 0 && errno == EINTR) {
    }
  }

  [[nodiscard]] void* get() const noexcept {
    return it_;
  }
  void set(int option, int value) {
    checked(zmq_ctx_set(it_, option, value), "zmq_ctx_set");
  }
  void shutdown() {
    checked(zmq_ctx_shutdown(it_), "zmq_ctx_shutdown");
  }
  void term() {
    checked(zmq_ctx_term(it_), "zmq_ctx_term");
    it_ = nullptr;
  }
  /// Somebody else has ended it, or will.
  void* release() noexcept {
    return std::exchange(it_, nullptr);
  }

private:
  void* it_;
};

class socket {
public:
  socket(const context& home, int type) : it_(zmq_socket(home.get(), type)) {
    if (it_ == nullptr)
      throw std::system_error(errno, std::generic_category(), "zmq_socket");
  }
  socket(socket&& other) noexcept : it_(other.release()) {
  }
  socket& operator=(socket&&) = delete;
  ~socket() {
    if (it_ != nullptr)
      zmq_close(it_);
  }

  [[nodiscard]] void* get() const noexcept {
    return it_;
  }
  void close() {
    checked(zmq_close(release()), "zmq_close");
  }
  /// Somebody else has closed it, or will.
  void* release() noexcept {
    return std::exchange(it_, nullptr);
  }

  // -- options ----------------------------------------------------------------

  void set(int option, int value) {
    checked(zmq_setsockopt(it_, option, &value, sizeof value),
            "zmq_setsockopt");
  }
  void set(int option, std::string_view value) {
    checked(zmq_setsockopt(it_, option, value.data(), value.size()),
            "zmq_setsockopt");
  }
  [[nodiscard]] int number(int option) const {
    int value = 0;
    std::size_t size = sizeof value;
    checked(zmq_getsockopt(it_, option, &value, &size), "zmq_getsockopt");
    return value;
  }
  [[nodiscard]] std::string last_endpoint() const {
    char text[1024];
    std::size_t size = sizeof text;
    checked(zmq_getsockopt(it_, ZMQ_LAST_ENDPOINT, text, &size),
            "zmq_getsockopt");
    return text;
  }
  [[nodiscard]] bool receives_more() const {
    return number(ZMQ_RCVMORE) != 0;
  }

  // -- endpoints --------------------------------------------------------------

  /// Answers the endpoint that it became.
  std::string bind(const std::string& endpoint) {
    checked(zmq_bind(it_, endpoint.c_str()), "zmq_bind");
    return last_endpoint();
  }
  void connect(const std::string& endpoint) {
    checked(zmq_connect(it_, endpoint.c_str()), "zmq_connect");
  }
  void unbind(const std::string& endpoint) {
    checked(zmq_unbind(it_, endpoint.c_str()), "zmq_unbind");
  }
  void disconnect(const std::string& endpoint) {
    checked(zmq_disconnect(it_, endpoint.c_str()), "zmq_disconnect");
  }

  // -- traffic ----------------------------------------------------------------

  void send(std::string_view text, int flags = 0) {
    checked(zmq_send(it_, text.data(), text.size(), flags), "zmq_send");
  }
  void send_parts(const parts& what) {
    for (std::size_t i = 0; i < what.size(); ++i)
      send(what[i], i + 1 < what.size() ? ZMQ_SNDMORE : 0);
  }
  /// 0, or why it cannot be sent now.
  [[nodiscard]] int refusal(std::string_view text, int flags = ZMQ_DONTWAIT) {
    return errno_of(zmq_send(it_, text.data(), text.size(), flags));
  }
  /// False: not without waiting.
  [[nodiscard]] bool try_send(std::string_view text, int flags = 0) {
    const int why = refusal(text, flags | ZMQ_DONTWAIT);
    if (why != 0 && why != EAGAIN)
      throw std::system_error(why, std::generic_category(), "zmq_send");
    return why == 0;
  }

  /// A frame.
  [[nodiscard]] std::string recv(int flags = 0) {
    msg got;
    checked(zmq_msg_recv(got.get(), it_, flags), "zmq_msg_recv");
    return got.text();
  }
  [[nodiscard]] parts recv_parts() {
    parts all;
    do
      all.push_back(recv());
    while (receives_more());
    return all;
  }
  /// None: there is nothing now.
  [[nodiscard]] std::optional<std::string> try_recv() {
    msg got;
    if (zmq_msg_recv(got.get(), it_, ZMQ_DONTWAIT) >= 0)
      return got.text();
    if (errno != EAGAIN)
      throw std::system_error(errno, std::generic_category(), "zmq_msg_recv");
    return std::nullopt;
  }

private:
  void* it_;
};

} // namespace zmqrt::test
