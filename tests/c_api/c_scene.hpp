// SPDX-License-Identifier: MPL-2.0
//
// What the acceptance tests of the C API share: transports and their
// endpoints, sockets whose calls give up before the test does, monitors, and
// texts with numbers.

#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

#include "tests/c_api/c_sockets.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kept_port.hpp"
#include "tests/support/temporary_directory.hpp"

namespace zmqrt::test {

/// The rest of the case is run once for each of these transports.
#define OVER(transport, ...)                                                   \
  const auto transport = GENERATE(as<std::string>{}, __VA_ARGS__);             \
  CAPTURE(transport)
#define OVER_ALL(transport) OVER(transport, "tcp", "ipc", "inproc")
#define OVER_WIRES(transport) OVER(transport, "tcp", "ipc")

/// A context, and endpoints of one transport. Its sockets do not linger, unless
/// the test is about what is left behind.
struct scene {
  explicit scene(std::string over, int io_threads = 1)
    : transport(std::move(over)) {
    ctx.set(ZMQ_IO_THREADS, io_threads);
    require_backend();
  }

  /// A socket whose calls give up after `patience_ms`.
  [[nodiscard]] socket open(int type) {
    socket made{ctx, type};
    made.set(ZMQ_SNDTIMEO, patience_ms);
    made.set(ZMQ_RCVTIMEO, patience_ms);
    made.set(ZMQ_LINGER, 0);
    return made;
  }
  /// With high-water marks of its own.
  [[nodiscard]] socket open(int type, int mark) {
    auto made = open(type);
    made.set(ZMQ_SNDHWM, mark);
    made.set(ZMQ_RCVHWM, mark);
    return made;
  }
  /// One that lingers until all is sent.
  [[nodiscard]] socket open_lingering(int type, int mark = 1000) {
    auto made = open(type, mark);
    made.set(ZMQ_LINGER, -1);
    return made;
  }
  /// One that is connected there.
  [[nodiscard]] socket connected(int type, const std::string& endpoint) {
    auto made = open(type);
    made.connect(endpoint);
    return made;
  }

  /// What to give to bind; another one each time.
  [[nodiscard]] std::string fresh() {
    const auto name = "end-" + std::to_string(++last_);
    if (transport == "tcp")
      return "tcp://127.0.0.1:*";
    return transport == "ipc" ? directory.endpoint(name) : "inproc://" + name;
  }
  /// A concrete endpoint where nobody is bound, and which no other test gets
  /// meanwhile.
  [[nodiscard]] std::string vacant() {
    if (transport != "tcp")
      return fresh();
    return "tcp://127.0.0.1:" + std::to_string(kept_.emplace_back().number());
  }
  [[nodiscard]] bool is_wire() const {
    return transport != "inproc";
  }

  temporary_directory directory;
  std::string transport;
  context ctx;

private:
  /// Whether the kernel has io_uring and lets us use it: no ring has no
  /// entries, which it looks at after it has refused those it always refuses.
  static bool ring_is_allowed() {
    const auto answer = ::syscall(SYS_io_uring_setup, 0, nullptr);
    return answer < 0 && (errno == EINVAL || errno == EFAULT);
  }
  /// Where a ring is to be had, a run that is not on one is a failure.
  void require_backend() {
    constexpr int io_backend = 10009; // zmqrt's: 1 is a ring, 2 epoll
    if (ours())
      REQUIRE(socket{ctx, ZMQ_PAIR}.number(io_backend)
              == (ring_is_allowed() ? 1 : 2));
  }

  int last_ = 0;
  std::vector<kept_port> kept_;
};

// -- events -------------------------------------------------------------------

struct event {
  int kind;
  std::uint32_t value;
  std::string endpoint;
};

/// What zmq_socket_monitor(3) tells of a socket, which has to outlive it or to
/// be closed.
class monitor {
public:
  monitor(const context& home, socket& of, int kinds = ZMQ_EVENT_ALL)
    : of_(of), end_(home, ZMQ_PAIR) {
    static std::atomic<int> made{0};
    const auto name = "inproc://monitor-" + std::to_string(++made);
    checked(zmq_socket_monitor(of.get(), name.c_str(), kinds),
            "zmq_socket_monitor");
    end_.set(ZMQ_LINGER, 0);
    end_.connect(name);
  }
  monitor(const monitor&) = delete;
  monitor& operator=(const monitor&) = delete;
  ~monitor() {
    if (of_.get() != nullptr)
      zmq_socket_monitor(of_.get(), nullptr, 0);
  }

  [[nodiscard]] const socket& watched() const noexcept {
    return of_;
  }
  /// None: nothing happens within that time.
  [[nodiscard]] std::optional<event> next(int wait_ms = patience_ms) {
    end_.set(ZMQ_RCVTIMEO, wait_ms);
    msg first;
    if (zmq_msg_recv(first.get(), end_.get(), 0) < 0) {
      if (errno == EAGAIN)
        return std::nullopt;
      throw std::system_error(errno, std::generic_category(), "zmq_msg_recv");
    }
    const auto bytes = first.text();
    REQUIRE(bytes.size() == 6);
    REQUIRE(first.more());
    std::uint16_t kind = 0;
    event seen{};
    std::memcpy(&kind, bytes.data(), sizeof kind);
    std::memcpy(&seen.value, bytes.data() + 2, sizeof seen.value);
    seen.kind = kind;
    seen.endpoint = end_.recv();
    REQUIRE_FALSE(end_.receives_more());
    return seen;
  }
  /// The next one of these kinds; fails when none comes in time.
  event await(int kinds) {
    std::string seen;
    for (;;) {
      const auto got = next();
      INFO("events so far:" << seen);
      REQUIRE(got);
      if ((got->kind & kinds) != 0)
        return *got;
      seen += ' ' + std::to_string(got->kind);
    }
  }
  /// The very next one must be of these kinds.
  event expect(int kinds) {
    const auto got = next();
    REQUIRE(got);
    INFO("event " << got->kind << ", value " << got->value);
    REQUIRE((got->kind & kinds) != 0);
    return *got;
  }

private:
  socket& of_;
  socket end_;
};

/// Any end of a handshake that failed.
inline constexpr int handshake_failed = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                                        | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                                        | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

/// libzmq's sockets hear what became of their peers when they are asked for
/// something, and seldom when they send.
inline void look_around(const socket& at) {
  (void)at.number(ZMQ_EVENTS);
}

/// Connects, and waits for the handshake among the other side's events; on
/// inproc there is none.
inline void join(const scene& it, socket& from, const std::string& endpoint,
                 monitor& events) {
  from.connect(endpoint);
  if (it.is_wire())
    events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  look_around(events.watched());
}

// -- traffic ------------------------------------------------------------------

/// A message's number as text, filled up to a size.
[[nodiscard]] inline std::string numbered(std::size_t number,
                                          std::size_t size = 0) {
  auto text = std::to_string(number) + ':';
  if (text.size() < size)
    text.resize(size, static_cast<char>('a' + number % 26));
  return text;
}

/// Sends numbered(first) to numbered(first + count - 1).
inline void send_numbered(socket& to, std::size_t count, std::size_t size = 0,
                          std::size_t first = 0) {
  for (std::size_t i = first; i < first + count; ++i)
    to.send(numbered(i, size));
}
/// Receives them, whole and in order.
inline void recv_numbered(socket& from, std::size_t count, std::size_t size = 0,
                          std::size_t first = 0) {
  for (std::size_t i = first; i < first + count; ++i)
    if (const auto got = from.recv(); got != numbered(i, size))
      REQUIRE(got == numbered(i, size));
}

inline void send_times(socket& to, std::size_t count, std::string_view text) {
  for (std::size_t i = 0; i < count; ++i)
    to.send(text);
}
inline void recv_times(socket& from, std::size_t count, std::string_view text) {
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(from.recv() == text);
}
/// A text sent here is what comes next there.
inline void require_passes(socket& from, socket& to, std::string_view text) {
  from.send(text);
  REQUIRE(to.recv() == text);
}
/// How much comes before `marker`.
inline std::size_t count_to(socket& from, std::string_view marker) {
  for (std::size_t count = 0;; ++count)
    if (from.recv() == marker)
      return count;
}

} // namespace zmqrt::test
