// SPDX-License-Identifier: MPL-2.0
//
// The measured loops, the same for every contender. `Socket` provides
//   std::string bind(); void connect(const std::string&);
//   void send_one(std::uint64_t seq); void recv_one(std::uint64_t seq);
//   void flush();                       // what a loop's end leaves unsent
// and, when it can, send_some/recv_some(seq, n) for `--batch`.

#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include "tools/bench/contender.hpp"

namespace zmqrt::bench {

template <class Socket>
class looping_end final : public link_end {
public:
  looping_end(Socket socket, std::size_t batch)
    : socket_(std::move(socket)), batch_(batch) {
  }

  std::string bind() override {
    return socket_.bind();
  }

  void connect(const std::string& endpoint) override {
    socket_.connect(endpoint);
  }

  void send(std::uint64_t first, std::uint64_t n) override {
    if constexpr (requires { socket_.send_some(first, batch_); }) {
      if (batch_ > 0) {
        for (std::uint64_t done = 0; done < n;)
          done += socket_.send_some(first + done, next_batch(n - done));
        return;
      }
    }
    for (std::uint64_t i = 0; i < n; ++i)
      socket_.send_one(first + i);
    socket_.flush();
  }

  void recv(std::uint64_t first, std::uint64_t n) override {
    if constexpr (requires { socket_.recv_some(first, batch_); }) {
      if (batch_ > 0) {
        for (std::uint64_t done = 0; done < n;)
          done += socket_.recv_some(first + done, next_batch(n - done));
        return;
      }
    }
    for (std::uint64_t i = 0; i < n; ++i)
      socket_.recv_one(first + i);
  }

  void ping(std::uint64_t first, std::span<std::uint64_t> rtt_ns) override {
    using clock = std::chrono::steady_clock;
    for (auto& elapsed : rtt_ns) {
      const auto start = clock::now();
      socket_.send_one(first);
      socket_.flush();
      socket_.recv_one(first);
      elapsed = static_cast<std::uint64_t>(
        std::chrono::nanoseconds(clock::now() - start).count());
      ++first;
    }
  }

  void echo(std::uint64_t first, std::uint64_t n) override {
    for (std::uint64_t i = 0; i < n; ++i) {
      socket_.recv_one(first + i);
      socket_.send_one(first + i);
      socket_.flush();
    }
  }

private:
  std::size_t next_batch(std::uint64_t left) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(batch_, left));
  }

  Socket socket_;
  std::size_t batch_;
};

} // namespace zmqrt::bench
