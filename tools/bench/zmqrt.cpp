// SPDX-License-Identifier: MPL-2.0
//
// The contender zmqrt, by its public face: one send and one recv call per
// message, or the batch calls with `--batch`.

#include "zmqrt/zmqrt.hpp"

#include <span>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "tools/bench/loops.hpp"
#include "tools/bench/payload.hpp"
#include "tools/bench/security.hpp"

namespace zmqrt::bench {

namespace {

socket_type type_of(side which) {
  return which == side::push   ? socket_type::push
         : which == side::pull ? socket_type::pull
                               : socket_type::pair;
}

context_options options_of(const plan& what) {
  context_options options;
  options.backend = what.io_backend == "io_uring" ? io_backend::io_uring
                    : what.io_backend == "epoll"  ? io_backend::epoll
                                                  : io_backend::automatic;
  return options;
}

/// Lets in the one peer that comes.
std::jthread let_one_in(context& home) {
  auto door = home.socket(socket_type::rep);
  door.bind(zap_endpoint);
  return std::jthread{[door = std::move(door)]() mutable { let_in(door); }};
}

class zmqrt_end {
public:
  zmqrt_end(context& owner, side which, const plan& what)
    : what_(what), home_(&owner), socket_(owner.socket(type_of(which))) {
  }

  std::string bind() {
    if (what_.mechanism == "plain")
      door_ = let_one_in(*home_);
    protect(true);
    return socket_.bind(what_.transport == "tcp"   ? "tcp://127.0.0.1:*"
                        : what_.transport == "ipc" ? "ipc://*"
                                                   : "inproc://bench");
  }

  void connect(const std::string& endpoint) {
    protect(false);
    socket_.connect(endpoint);
  }

  void send_one(std::uint64_t seq) {
    socket_.send(write(seq));
  }

  void recv_one(std::uint64_t seq) {
    read(socket_.recv(), seq);
  }

  std::size_t send_some(std::uint64_t seq, std::size_t n) {
    batch_.clear();
    for (std::size_t i = 0; i < n; ++i)
      batch_.push_back(write(seq + i));
    for (std::size_t sent = 0; sent < n;)
      sent += socket_.send_batch(std::span{batch_}.subspan(sent));
    return n;
  }

  std::size_t recv_some(std::uint64_t seq, std::size_t n) {
    socket_.recv_batch(batch_, n);
    for (std::size_t i = 0; i < batch_.size(); ++i)
      read(batch_[i], seq + i);
    return batch_.size();
  }

  void flush() {
  }

private:
  void protect(bool listens) {
    secure(what_, listens, [this](int number, std::string_view bytes) {
      socket_.set_raw(number, std::as_bytes(std::span{bytes}));
    });
  }

  message write(std::uint64_t seq) const {
    auto part = frame::uninitialized(what_.size);
    write_payload(part.writable().data(), what_.size, seq);
    return message{std::move(part)};
  }

  void read(const message& received, std::uint64_t seq) const {
    const auto& part = received[0];
    check_payload(part.data(), part.size(), what_.size, seq);
  }

  plan what_;
  context* home_;
  std::jthread door_;
  socket socket_;
  std::vector<message> batch_;
};

class zmqrt_contender final : public contender {
public:
  explicit zmqrt_contender(const plan& what)
    : what_(what), context_(options_of(what)) {
  }

  std::unique_ptr<link_end> open(side which) override {
    return std::make_unique<looping_end<zmqrt_end>>(
      zmqrt_end{context_, which, what_}, what_.batch);
  }

private:
  plan what_;
  context context_;
};

} // namespace

std::unique_ptr<contender> make_zmqrt(const plan& what) {
  return std::make_unique<zmqrt_contender>(what);
}

} // namespace zmqrt::bench
