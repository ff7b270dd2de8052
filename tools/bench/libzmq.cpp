// SPDX-License-Identifier: MPL-2.0
//
// The contender libzmq, by its C interface: what its own benchmarks measure.
// With its defaults, or tuned as far as an application can: congestion control
// by a listening socket made outside (ZMQ_USE_FD; connections that it accepts
// inherit the setting), and an allocator that gives no memory back, which
// otherwise costs it most of its time from 16 KiB on.

#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/bench/libzmq_raii.hpp"
#include "tools/bench/loops.hpp"
#include "tools/bench/payload.hpp"
#include "tools/bench/security.hpp"

namespace zmqrt::bench {

namespace {

/// A listening socket on a free port whose connections use reno.
int make_reno_listener() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check_zmq(fd >= 0, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check_zmq(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) == 0,
            "TCP_CONGESTION");
  check_zmq(
    ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address)
      == 0,
    "bind");
  check_zmq(::listen(fd, 16) == 0, "listen");
  return fd;
}

/// Lets in the one peer that comes.
std::jthread let_one_in(void* context) {
  void* const door = zmq_socket(context, ZMQ_REP);
  check_zmq(door != nullptr && zmq_bind(door, zap_endpoint) == 0, "ZAP");
  return std::jthread{[door] {
    (void)let_in(door);
    zmq_close(door);
  }};
}

class zmq_end {
public:
  zmq_end(void* context, side which, const plan& what)
    : what_(what), context_(context),
      socket_(zmq_socket(context, type_of(which))) {
    check_zmq(socket_ != nullptr, "zmq_socket");
  }
  zmq_end(zmq_end&& other) noexcept
    : what_(std::move(other.what_)), context_(other.context_),
      door_(std::move(other.door_)),
      socket_(std::exchange(other.socket_, nullptr)) {
  }
  zmq_end& operator=(zmq_end&&) = delete;
  ~zmq_end() {
    if (socket_ != nullptr)
      zmq_close(socket_);
  }

  std::string bind() {
    if (what_.mechanism == "plain")
      door_ = let_one_in(context_);
    protect(true);
    if (what_.tuned && what_.transport == "tcp") {
      const int fd = make_reno_listener();
      check_zmq(zmq_setsockopt(socket_, ZMQ_USE_FD, &fd, sizeof fd) == 0,
                "ZMQ_USE_FD");
    }
    const auto endpoint = what_.transport == "tcp"   ? "tcp://127.0.0.1:*"
                          : what_.transport == "ipc" ? "ipc://*"
                                                     : "inproc://bench";
    check_zmq(zmq_bind(socket_, endpoint) == 0, "zmq_bind");
    char last[256];
    auto length = sizeof last;
    check_zmq(zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, last, &length) == 0,
              "ZMQ_LAST_ENDPOINT");
    return last;
  }

  void connect(const std::string& endpoint) {
    protect(false);
    check_zmq(zmq_connect(socket_, endpoint.c_str()) == 0, "zmq_connect");
  }

  void send_one(std::uint64_t seq) {
    zmq_msg_t message;
    check_zmq(zmq_msg_init_size(&message, what_.size) == 0,
              "zmq_msg_init_size");
    write_payload(static_cast<std::byte*>(zmq_msg_data(&message)), what_.size,
                  seq);
    check_zmq(zmq_msg_send(&message, socket_, 0) >= 0, "zmq_msg_send");
  }

  void recv_one(std::uint64_t seq) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    check_zmq(zmq_msg_recv(&message, socket_, 0) >= 0, "zmq_msg_recv");
    check_payload(static_cast<const std::byte*>(zmq_msg_data(&message)),
                  zmq_msg_size(&message), what_.size, seq);
    zmq_msg_close(&message);
  }

  void flush() {
  }

private:
  void protect(bool listens) {
    secure(what_, listens, [this](int number, std::string_view bytes) {
      check_zmq(zmq_setsockopt(socket_, number, bytes.data(), bytes.size())
                  == 0,
                "zmq_setsockopt");
    });
  }

  static int type_of(side which) {
    return which == side::push   ? ZMQ_PUSH
           : which == side::pull ? ZMQ_PULL
                                 : ZMQ_PAIR;
  }

  plan what_;
  void* context_;
  std::jthread door_;
  void* socket_;
};

class libzmq_contender final : public contender {
public:
  explicit libzmq_contender(const plan& what) : what_(what) {
    if (what.tuned) {
      mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
      mallopt(M_MMAP_THRESHOLD, 32 << 20);
      mallopt(M_TOP_PAD, 64 << 20);
    }
    context_ = zmq_ctx_new();
    check_zmq(context_ != nullptr, "zmq_ctx_new");
  }
  libzmq_contender(const libzmq_contender&) = delete;
  libzmq_contender& operator=(const libzmq_contender&) = delete;
  ~libzmq_contender() override {
    zmq_ctx_term(context_);
  }

  std::unique_ptr<link_end> open(side which) override {
    return std::make_unique<looping_end<zmq_end>>(
      zmq_end{context_, which, what_}, 0);
  }

private:
  plan what_;
  void* context_ = nullptr;
};

} // namespace

std::unique_ptr<contender> make_libzmq(const plan& what) {
  return std::make_unique<libzmq_contender>(what);
}

} // namespace zmqrt::bench
