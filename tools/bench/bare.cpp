// SPDX-License-Identifier: MPL-2.0
//
// The contender `bare`: ZMTP frames are written straight into one buffer that
// is sent when it is full, and parsed straight out of the buffer that was
// received into. No queue, no thread, no handshake: the ceiling for anything
// that sends this payload over this socket. A frame may be longer than the
// buffer; payload then passes through it in pieces of whole words.

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "tools/bench/bare_socket.hpp"
#include "tools/bench/loops.hpp"
#include "tools/bench/payload.hpp"

namespace zmqrt::bench {

namespace {

constexpr std::size_t buffer_size = 256 * 1024;
constexpr std::byte long_frame{0x02};

class bare_end {
public:
  explicit bare_end(const plan& what)
    : socket_(what.transport), size_(what.size), out_(buffer_size),
      in_(buffer_size) {
  }

  std::string bind() {
    return socket_.bind();
  }

  void connect(const std::string& address) {
    socket_.connect(address);
  }

  void send_one(std::uint64_t seq) {
    const auto header = size_ < 256 ? 2u : 9u;
    if (out_.size() - filled_ < header + std::min(size_, buffer_size / 4))
      flush();
    put_header();
    std::size_t done = 0;
    do {
      auto room = out_.size() - filled_;
      if (room < 8) {
        flush();
        room = out_.size();
      }
      auto piece = size_ - done;
      if (piece > room)
        piece = room & ~std::size_t{7};
      write_payload(out_.data() + filled_, piece, seq, done / 8);
      filled_ += piece;
      done += piece;
    } while (done < size_);
  }

  void recv_one(std::uint64_t seq) {
    if (take_header() != size_)
      throw std::runtime_error("a message arrived with the wrong size");
    std::uint64_t sum = 0;
    for (auto left = size_; left > 0;) {
      auto piece = std::min(left, filled_in_ - parsed_);
      if (piece < left)
        piece &= ~std::size_t{7};
      if (piece == 0) {
        fill();
        continue;
      }
      sum += sum_payload(in_.data() + parsed_, piece);
      parsed_ += piece;
      left -= piece;
    }
    check_sum(size_, seq, sum);
  }

  void flush() {
    if (filled_ > 0)
      socket_.write_all(out_.data(), filled_);
    filled_ = 0;
  }

private:
  void put_header() {
    auto* to = out_.data() + filled_;
    if (size_ < 256) {
      to[0] = std::byte{0};
      to[1] = static_cast<std::byte>(size_);
      filled_ += 2;
      return;
    }
    to[0] = long_frame;
    for (unsigned i = 0; i < 8; ++i)
      to[1 + i] = static_cast<std::byte>(size_ >> (56 - 8 * i));
    filled_ += 9;
  }

  std::size_t take_header() {
    while (filled_in_ - parsed_ < 2)
      fill();
    if (in_[parsed_] != long_frame) {
      const auto size = static_cast<std::size_t>(in_[parsed_ + 1]);
      parsed_ += 2;
      return size;
    }
    while (filled_in_ - parsed_ < 9)
      fill();
    std::size_t size = 0;
    for (unsigned i = 0; i < 8; ++i)
      size = size << 8 | static_cast<std::size_t>(in_[parsed_ + 1 + i]);
    parsed_ += 9;
    return size;
  }

  /// Receives behind the few bytes that are left.
  void fill() {
    const auto left = filled_in_ - parsed_;
    if (parsed_ > 0)
      std::memmove(in_.data(), in_.data() + parsed_, left);
    parsed_ = 0;
    filled_in_ = left + socket_.read_some(in_.data() + left, in_.size() - left);
  }

  bare_socket socket_;
  std::size_t size_;
  std::vector<std::byte> out_;
  std::size_t filled_ = 0;
  std::vector<std::byte> in_;
  std::size_t parsed_ = 0;
  std::size_t filled_in_ = 0;
};

class bare_contender final : public contender {
public:
  explicit bare_contender(const plan& what) : what_(what) {
  }

  std::unique_ptr<link_end> open(side) override {
    return std::make_unique<looping_end<bare_end>>(bare_end{what_}, 0);
  }

private:
  plan what_;
};

} // namespace

std::unique_ptr<contender> make_bare(const plan& what) {
  return std::make_unique<bare_contender>(what);
}

} // namespace zmqrt::bench
