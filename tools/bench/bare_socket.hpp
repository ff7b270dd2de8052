// SPDX-License-Identifier: MPL-2.0
//
// A connected stream for the contender `bare`: one blocking socket between two
// processes, tcp or ipc, with the congestion control that zmqrt uses on
// loopback. One thread.

#pragma once

#include <cstddef>
#include <string>

namespace zmqrt::bench {

class bare_socket {
public:
  /// `transport` is tcp or ipc.
  explicit bare_socket(const std::string& transport);
  bare_socket(bare_socket&& other) noexcept;
  bare_socket& operator=(bare_socket&&) = delete;
  ~bare_socket();

  /// Listens on a free address; the first read or write accepts.
  std::string bind();
  void connect(const std::string& address);

  void write_all(const std::byte* from, std::size_t size);
  /// Answers at least one byte; the peer's end is an error.
  std::size_t read_some(std::byte* to, std::size_t capacity);

private:
  void ensure_connected();

  bool tcp_;
  int listener_ = -1;
  int fd_ = -1;
};

} // namespace zmqrt::bench
