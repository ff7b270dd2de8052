// SPDX-License-Identifier: MPL-2.0
//
// A file descriptor that closes itself. Single holder, any thread.

#pragma once

#include <utility>

#include <unistd.h>

namespace zmqrt::transports {

class descriptor {
public:
  descriptor() noexcept = default;
  /// Owns `fd`; a negative one stands for none.
  explicit descriptor(int fd) noexcept : fd_(fd) {
  }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
  }
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    close();
  }

  explicit operator bool() const noexcept {
    return fd_ >= 0;
  }
  [[nodiscard]] int get() const noexcept {
    return fd_;
  }
  void close() noexcept {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_ = -1;
};

} // namespace zmqrt::transports
