// SPDX-License-Identifier: MPL-2.0
//
// A socket that sends without ever waiting: what finds no room is kept, and
// goes out in its turn when there is some. Any thread.

#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "actors/gate/gate.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::c_api {

class outlet {
public:
  /// So many messages are kept; more are dropped.
  static constexpr std::size_t most_kept = 1'000;

  [[nodiscard]] static std::shared_ptr<outlet> make(zmqrt::socket to);
  ~outlet();
  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;

  [[nodiscard]] zmqrt::socket& handle() noexcept {
    return handle_;
  }
  void push(message what);
  /// Returns when no other thread is about to send what was pushed before.
  void settle() const noexcept;

private:
  class caller;

  explicit outlet(zmqrt::socket to);

  void flush();
  void send_kept();

  zmqrt::socket handle_;
  std::shared_ptr<actors::gate> door_;
  std::shared_ptr<caller> caller_;
  std::mutex mutex_;
  std::deque<message> kept_;
  // A send may call us back, on the same thread: the one who flushes is told
  // to look again.
  std::atomic<unsigned> told_{0};
};

} // namespace zmqrt::c_api
