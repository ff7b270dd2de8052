// SPDX-License-Identifier: MPL-2.0
//
// A file descriptor that is closed with its object. One thread.

#pragma once

#include <utility>

#include <unistd.h>

namespace zmqrt::keygen {

class descriptor {
public:
  /// Owns it; a negative number is none.
  explicit descriptor(int fd) noexcept : fd_(fd) {
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    (void)close();
  }

  [[nodiscard]] int get() const noexcept {
    return fd_;
  }
  /// What close(2) says, which tells of writes that failed late; 0 for none.
  int close() noexcept {
    return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1));
  }

private:
  int fd_;
};

} // namespace zmqrt::keygen
