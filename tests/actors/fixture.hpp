// SPDX-License-Identifier: MPL-2.0
//
// What the acceptance tests share: where they run (every backend that is
// there times every transport), sockets whose verbs give up before the test
// does, and waiting for events.

#pragma once

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/kept_port.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::test {

using std::chrono::milliseconds;

/// How long anything may take before its test fails.
inline constexpr milliseconds patience{20'000};

/// A high-water mark that is not the default.
struct hwm {
  int messages;
};

/// A context on the place's backend, and endpoints of its transport. Its
/// sockets do not linger, unless the test is about what is left behind.
struct scene {
  explicit scene(const place& where, milliseconds linger = milliseconds{0},
                 int io_threads = 1)
    : transport(where.transport), ctx(make(where.backend, linger, io_threads)) {
    REQUIRE(ctx.backend() == name_of(where.backend));
  }

  /// A socket whose verbs give up after `patience`.
  [[nodiscard]] socket open(socket_type type) {
    auto made = ctx.socket(type);
    made.set(option::sndtimeo, patience);
    made.set(option::rcvtimeo, patience);
    return made;
  }
  [[nodiscard]] socket push() {
    return open(socket_type::push);
  }
  [[nodiscard]] socket push(hwm mark) {
    auto made = push();
    made.set(option::sndhwm, mark.messages);
    return made;
  }
  [[nodiscard]] socket pull() {
    return open(socket_type::pull);
  }
  [[nodiscard]] socket pull(hwm mark) {
    auto made = pull();
    made.set(option::rcvhwm, mark.messages);
    return made;
  }
  [[nodiscard]] socket pair() {
    return open(socket_type::pair);
  }

  /// A PUSH whose connection is made, or made again, as soon as it can be.
  [[nodiscard]] socket eager_push() {
    auto made = push();
    made.set(option::reconnect_ivl, milliseconds{1});
    return made;
  }
  /// A PUSH that is connected there, or to a PULL that is bound for it.
  [[nodiscard]] socket push_to(const std::string& endpoint) {
    return connected(push(), endpoint);
  }
  [[nodiscard]] socket push_to(const std::string& endpoint, hwm mark) {
    return connected(push(mark), endpoint);
  }
  [[nodiscard]] socket push_to(socket& pull) {
    return push_to(pull.bind(fresh()));
  }
  [[nodiscard]] socket push_to(socket& pull, hwm mark) {
    return push_to(pull.bind(fresh()), mark);
  }
  /// Connects, and waits for the handshake among the other side's events; on
  /// inproc there is none.
  void join(socket& from, const std::string& endpoint, monitor& events);

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
  static socket connected(socket made, const std::string& endpoint) {
    made.connect(endpoint);
    return made;
  }

  static context make(io_backend backend, milliseconds linger, int io_threads) {
    context_options options;
    options.backend = backend;
    options.linger = linger;
    options.io_threads = io_threads;
    return context{options};
  }

  int last_ = 0;
  std::vector<kept_port> kept_;
};

/// The next event of one of these kinds; fails when none comes in time.
inline event await(monitor& from, std::initializer_list<event_kind> kinds) {
  std::string seen;
  for (;;) {
    const auto next = from.recv_for(patience);
    INFO("events so far:" << seen);
    REQUIRE(next);
    for (const auto kind : kinds)
      if (next->kind == kind)
        return *next;
    seen += ' ';
    seen += to_string(next->kind);
  }
}

inline event await(monitor& from, event_kind kind) {
  return await(from, {kind});
}

/// The very next event must be of this kind.
inline event expect(monitor& from, event_kind kind) {
  const auto next = from.recv_for(patience);
  REQUIRE(next);
  INFO("event " << to_string(next->kind) << ", value " << next->value);
  REQUIRE(to_string(next->kind) == to_string(kind));
  return *next;
}

inline void expect_all(monitor& from, std::initializer_list<event_kind> kinds) {
  for (const auto each : kinds)
    (void)expect(from, each);
}

/// How each attempt of a connect begins.
inline void expect_attempt(monitor& from, const place& where) {
  if (where.transport == "tcp") // ipc connects within the call
    (void)expect(from, event_kind::connect_delayed);
}

inline void scene::join(socket& from, const std::string& endpoint,
                        monitor& events) {
  from.connect(endpoint);
  if (is_wire())
    await(events, event_kind::handshake_succeeded);
}

/// The code that `verb` throws; none when it does not throw.
template <std::invocable Verb>
std::error_code code_of(Verb&& verb) {
  try {
    std::forward<Verb>(verb)();
  } catch (const error& thrown) {
    return thrown.code();
  }
  return {};
}

/// A message's number and where it comes from, as text.
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
  for (std::size_t i = first; i < first + count; ++i) {
    const auto got = from.recv();
    if (got.size() != 1 || got[0].view() != numbered(i, size)) {
      INFO("message " << i << " of " << first + count);
      REQUIRE(got.size() == 1);
      REQUIRE(got[0].view() == numbered(i, size));
    }
  }
}

/// Sends one text again and again.
inline void send_times(socket& to, std::size_t count, std::string_view text) {
  for (std::size_t i = 0; i < count; ++i)
    to.send(text);
}

/// The next `count` messages are this text.
inline void recv_times(socket& from, std::size_t count, std::string_view text) {
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(from.recv().str() == text);
}

/// A text sent here is what comes next there.
inline void require_passes(socket& from, socket& to, std::string_view text) {
  from.send(text);
  REQUIRE(to.recv().str() == text);
}

/// Reads what is there until nothing comes; answers how much it was. The
/// senders must be done: `marker` is the last message of all.
inline std::size_t drain_to(socket& from, std::string_view marker) {
  for (std::size_t count = 0;; ++count)
    if (from.recv().str() == marker)
      return count;
}

/// The port of a tcp endpoint.
[[nodiscard]] inline std::string port_of(const std::string& endpoint) {
  return endpoint.substr(endpoint.rfind(':') + 1);
}

} // namespace zmqrt::test
