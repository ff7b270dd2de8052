// SPDX-License-Identifier: MPL-2.0
//
// A socket of each contender as the patterns' loops want it. A message is a
// payload (payload.hpp); a published one starts with its topic instead, two
// bytes.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tools/bench/libzmq_raii.hpp"
#include "tools/bench/payload.hpp"
#include "tools/bench/plan.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::bench {

/// What topics are compared by.
using topic_text = std::array<char, 2>;

inline topic_text topic_of(std::uint64_t seq, std::size_t one_in) {
  const auto number = static_cast<unsigned>(seq % one_in);
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

inline const char* any_endpoint(const plan& what) {
  return what.transport == "tcp" ? "tcp://127.0.0.1:*" : "ipc://*";
}

class zmqrt_home {
public:
  explicit zmqrt_home(const plan& what) : context_(options_of(what)) {
  }
  zmqrt::context& context() {
    return context_;
  }

private:
  static context_options options_of(const plan& what) {
    context_options options;
    options.max_sockets = static_cast<int>(what.peers) + 16;
    options.linger = std::chrono::milliseconds{0};
    if (what.io_backend != "auto")
      options.backend =
        what.io_backend == "epoll" ? io_backend::epoll : io_backend::io_uring;
    return options;
  }

  zmqrt::context context_;
};

class zmqrt_port {
public:
  using home = zmqrt_home;

  zmqrt_port(zmqrt_home& at, socket_type type, const plan& what)
    : what_(&what), socket_(at.context().socket(type)) {
    if (type == socket_type::xpub) {
      socket_.set(option::xpub_nodrop, true);
      socket_.set(option::xpub_verbose, true); // a notice from each SUB
    }
  }
  std::string bind() {
    return socket_.bind(any_endpoint(*what_));
  }
  void connect(const std::string& endpoint) {
    socket_.connect(endpoint);
  }
  void subscribe(std::string_view topic) {
    socket_.subscribe(topic);
  }
  void read_notice() {
    (void)socket_.recv();
  }
  void send(std::uint64_t seq) {
    socket_.send(written(seq));
  }
  void publish(std::uint64_t seq, const topic_text& topic) {
    auto part = frame::uninitialized(what_->size);
    write_payload(part.writable().data(), what_->size, seq);
    std::memcpy(part.writable().data(), topic.data(), topic.size());
    socket_.send(message{std::move(part)});
  }
  void recv(std::uint64_t seq) {
    const auto got = socket_.recv();
    check_payload(got[0].data(), got[0].size(), what_->size, seq);
  }
  void recv_published() {
    if (socket_.recv()[0].size() != what_->size)
      throw std::runtime_error("a message arrived with the wrong size");
  }
  void echo() {
    socket_.send(socket_.recv());
  }
  /// Until the context ends.
  static void pass_on(zmqrt_port& from, zmqrt_port& to) {
    (void)proxy(from.socket_, to.socket_);
  }

private:
  message written(std::uint64_t seq) const {
    auto part = frame::uninitialized(what_->size);
    write_payload(part.writable().data(), what_->size, seq);
    return message{std::move(part)};
  }

  const plan* what_;
  socket socket_;
};

class libzmq_home {
public:
  explicit libzmq_home(const plan& what) {
    context_.set(ZMQ_MAX_SOCKETS, static_cast<int>(what.peers) + 16);
  }
  zmq_context& context() {
    return context_;
  }

private:
  zmq_context context_;
};

class libzmq_port {
public:
  using home = libzmq_home;

  libzmq_port(libzmq_home& at, socket_type type, const plan& what)
    : what_(&what), socket_(at.context(), static_cast<int>(type)) {
    if (type == socket_type::xpub) {
      socket_.set(ZMQ_XPUB_NODROP, 1);
      socket_.set(ZMQ_XPUB_VERBOSE, 1);
    }
  }
  std::string bind() {
    socket_.bind(any_endpoint(*what_));
    char last[256];
    auto length = sizeof last;
    check_zmq(zmq_getsockopt(socket_.get(), ZMQ_LAST_ENDPOINT, last, &length)
                == 0,
              "ZMQ_LAST_ENDPOINT");
    return last;
  }
  void connect(const std::string& endpoint) {
    socket_.connect(endpoint);
  }
  void subscribe(std::string_view topic) {
    socket_.set(ZMQ_SUBSCRIBE, topic);
  }
  void read_notice() {
    (void)socket_.recv();
  }
  void send(std::uint64_t seq) {
    part whole{what_->size};
    write_payload(whole.data(), what_->size, seq);
    whole.send(socket_.get(), 0);
  }
  void publish(std::uint64_t seq, const topic_text& topic) {
    part whole{what_->size};
    write_payload(whole.data(), what_->size, seq);
    std::memcpy(whole.data(), topic.data(), topic.size());
    whole.send(socket_.get(), 0);
  }
  void recv(std::uint64_t seq) {
    part whole;
    whole.recv(socket_.get());
    check_payload(whole.data(), whole.size(), what_->size, seq);
  }
  void recv_published() {
    part whole;
    whole.recv(socket_.get());
    if (whole.size() != what_->size)
      throw std::runtime_error("a message arrived with the wrong size");
  }
  void echo() {
    for (bool more = true; more;) {
      part each;
      each.recv(socket_.get());
      more = each.more();
      each.send(socket_.get(), more ? ZMQ_SNDMORE : 0);
    }
  }
  static void pass_on(libzmq_port& from, libzmq_port& to) {
    (void)zmq_proxy(from.socket_.get(), to.socket_.get(), nullptr);
  }

private:
  /// A zmq_msg_t.
  class part {
  public:
    part() {
      zmq_msg_init(&raw_);
    }
    explicit part(std::size_t size) {
      check_zmq(zmq_msg_init_size(&raw_, size) == 0, "zmq_msg_init_size");
    }
    part(const part&) = delete;
    part& operator=(const part&) = delete;
    ~part() {
      zmq_msg_close(&raw_);
    }
    std::byte* data() {
      return static_cast<std::byte*>(zmq_msg_data(&raw_));
    }
    std::size_t size() {
      return zmq_msg_size(&raw_);
    }
    bool more() {
      return zmq_msg_more(&raw_) != 0;
    }
    void send(void* to, int flags) {
      check_zmq(zmq_msg_send(&raw_, to, flags) >= 0, "zmq_msg_send");
    }
    void recv(void* from) {
      check_zmq(zmq_msg_recv(&raw_, from, 0) >= 0, "zmq_msg_recv");
    }

  private:
    zmq_msg_t raw_;
  };

  const plan* what_;
  zmq_socket_owner socket_;
};

} // namespace zmqrt::bench
