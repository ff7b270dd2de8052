// SPDX-License-Identifier: MPL-2.0
//
// Monitor events beside libzmq's (zmq_socket_monitor(3)): each situation is
// played twice, with a libzmq socket in a process of its own, whose events are
// recorded, and with one of ours. The two records are equal, kind by kind and
// value by value where values can be compared, but for what is said to differ
// (docs/libzmq-differences.md).

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"
#include "transports/posix/descriptor.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;
using kinds = std::vector<event_kind>;

constexpr int reconnect_ms = 10;

struct noted {
  event_kind what;
  std::int64_t value;

  friend bool operator==(const noted&, const noted&) = default;
  friend std::ostream& operator<<(std::ostream& out, const noted& one) {
    return out << to_string(one.what) << '(' << one.value << ')';
  }
};

using record = std::vector<noted>;

/// Values that are descriptors there, or random, are none.
noted comparable(event_kind what, std::int64_t value) {
  const bool says_something = what == kind::connect_delayed
                              || what == kind::handshake_succeeded
                              || what == kind::handshake_failed_protocol;
  return {what, says_something ? value : 0};
}

/// Who is watched: a socket of either library.
class subject {
public:
  virtual ~subject() = default;
  virtual std::string bind(const std::string& endpoint) = 0;
  virtual void connect(const std::string& endpoint) = 0;
  virtual void unbind(const std::string& endpoint) = 0;
  virtual void disconnect(const std::string& endpoint) = 0;
  virtual void close() = 0;
  /// Notes events up to one of these, or the n-th of them; fails when they do
  /// not come within 20 s.
  virtual void until(const kinds& wanted, int times = 1) = 0;
  /// After its own disconnect: of which only ours tells.
  virtual void until_disconnected() = 0;

  record events;
};

class libzmq_subject final : public subject {
public:
  explicit libzmq_subject(socket_type type) {
    peer_.open(std::string{to_string(type)},
               {{"linger", 0}, {"reconnect_ivl", reconnect_ms}});
  }
  std::string bind(const std::string& endpoint) override {
    return peer_.bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    peer_.connect(endpoint);
  }
  void unbind(const std::string& endpoint) override {
    peer_.ask({{"do", "unbind"}, {"endpoint", endpoint}});
  }
  void disconnect(const std::string& endpoint) override {
    peer_.ask({{"do", "disconnect"}, {"endpoint", endpoint}});
  }
  void close() override {
    peer_.ask({{"do", "leave"}});
  }
  void until(const kinds& wanted, int times) override {
    auto numbers = json::array();
    for (const auto each : wanted)
      numbers.push_back(static_cast<int>(each));
    const auto got =
      peer_.ask({{"do", "events"}, {"until", numbers}, {"times", times}});
    for (const auto& each : got.at("events"))
      events.push_back(
        comparable(static_cast<event_kind>(each.at(0).get<unsigned>()),
                   each.at(1).get<std::int64_t>()));
  }
  void until_disconnected() override {
  }

private:
  peer peer_{implementation::libzmq};
};

class our_subject final : public subject {
public:
  our_subject(io_backend backend, socket_type type)
    : ctx_(make_context(backend)), socket_(make_socket(ctx_, type)),
      monitor_(socket_.monitor()) {
    socket_.set(option::linger, std::chrono::milliseconds{0});
    socket_.set(option::reconnect_ivl, std::chrono::milliseconds{reconnect_ms});
  }
  std::string bind(const std::string& endpoint) override {
    return socket_.bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    socket_.connect(endpoint);
  }
  void unbind(const std::string& endpoint) override {
    socket_.unbind(endpoint);
  }
  void disconnect(const std::string& endpoint) override {
    socket_.disconnect(endpoint);
  }
  void close() override {
    socket_.close();
  }
  void until(const kinds& wanted, int times) override {
    while (times > 0) {
      const auto next = monitor_.recv_for(process::patience);
      CAPTURE(events);
      REQUIRE(next);
      events.push_back(comparable(next->kind, next->value));
      times -= std::count(wanted.begin(), wanted.end(), next->kind) > 0 ? 1 : 0;
    }
  }
  void until_disconnected() override {
    until({kind::disconnected}, 1);
  }

private:
  context ctx_;
  socket socket_;
  monitor monitor_;
};

/// A situation: what happens to the subject, at a place of its own.
struct stage {
  explicit stage(const place& home) : where(home) {
  }
  [[nodiscard]] std::string fresh() const {
    return fresh_endpoint(where.transport, directory);
  }

  place where;
  temporary_directory directory;
};

/// Plays it twice, and answers libzmq's record and ours.
template <class Play>
std::pair<record, record> both(const place& where, socket_type type,
                               Play play) {
  const auto of = [&](subject& watched) {
    stage here{where};
    play(watched, here);
    return watched.events;
  };
  libzmq_subject theirs{type};
  our_subject ours{where.backend, type};
  auto theirs_said = of(theirs);
  return {std::move(theirs_said), of(ours)};
}

// ZMQ_PROTOCOL_ERROR_ZMTP_ numbers of zmq.h.
constexpr std::int64_t unspecified = 0x10000000;
constexpr std::int64_t invalid_metadata = 0x10000018;

template <class Play>
void require_equal(const place& where, socket_type type, Play play) {
  const auto [theirs, ours] = both(where, type, play);
  REQUIRE(ours == theirs);
}

/// An endpoint at which nobody listens, and that nobody else gets meanwhile.
struct vacancy {
  explicit vacancy(const stage& at) : endpoint(at.fresh()) {
    if (at.where.transport != "tcp")
      return; // a file that does not exist
    held =
      transports::descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto* address = reinterpret_cast<sockaddr*>(&here);
    REQUIRE(::bind(held.get(), address, size) == 0);
    REQUIRE(::getsockname(held.get(), address, &size) == 0);
    endpoint = "tcp://127.0.0.1:" + std::to_string(ntohs(here.sin_port));
  }

  transports::descriptor held;
  std::string endpoint;
};

} // namespace

TEST_CASE("monitor: libzmq's order where a peer comes and goes") {
  ON_EVERY(where, wires());
  require_equal(where, socket_type::pull, [](subject& watched, stage& at) {
    peer other{implementation::libzmq};
    other.open("PUSH");
    const auto endpoint = watched.bind(at.fresh());
    watched.until({kind::listening});
    other.connect(endpoint);
    watched.until({kind::handshake_succeeded});
    other.ask({{"do", "close"}});
    watched.until({kind::disconnected});
    watched.unbind(endpoint);
    watched.until({kind::closed});
  });
}

TEST_CASE("monitor: libzmq's order where we connect") {
  ON_EVERY(where, wires());
  require_equal(where, socket_type::push, [](subject& watched, stage& at) {
    peer other{implementation::libzmq};
    other.open("PULL");
    watched.connect(other.bind(at.fresh()));
    watched.until({kind::handshake_succeeded});
  });
}

TEST_CASE("monitor: libzmq's order where nobody is there") {
  ON_EVERY(where, wires());
  require_equal(where, socket_type::push, [](subject& watched, stage& at) {
    const vacancy nobody{at};
    watched.connect(nobody.endpoint);
    watched.until({kind::connect_retried}, 3);
  });
}

TEST_CASE("monitor: libzmq's order where a peer is lost, and found again") {
  ON_EVERY(where, wires());
  require_equal(where, socket_type::push, [](subject& watched, stage& at) {
    peer first{implementation::libzmq};
    first.open("PULL");
    const auto endpoint = first.bind(at.fresh());
    watched.connect(endpoint);
    watched.until({kind::handshake_succeeded});
    // The listener goes first, so that the way back is closed.
    first.ask({{"do", "unbind"}, {"endpoint", endpoint}});
    first.ask({{"do", "await"}, {"monitor", "closed"}});
    first.ask({{"do", "close"}});
    watched.until({kind::connect_retried}, 2);
    peer second{implementation::libzmq};
    second.open("PULL");
    second.bind(endpoint);
    record before;
    std::swap(before, watched.events);
    watched.until({kind::handshake_succeeded});
    // How often it was refused meanwhile is chance.
    auto& after = watched.events;
    const auto retried =
      std::find_if(after.rbegin(), after.rend(), [](const noted& each) {
        return each.what == kind::connect_retried;
      });
    before.insert(before.end(), retried.base(), after.end());
    after = before;
  });
}

namespace {

/// A raw peer says something else than a handshake, to a PULL that listens or
/// that connects to it, and may go then. Whether a retry follows is
/// RECONNECT_STOP's.
struct garbage_thrown {
  void operator()(subject& watched, stage& at) const {
    peer other{implementation::raw};
    if (we_bind) {
      const auto endpoint = watched.bind(at.fresh());
      other.ask({{"do", "connect"}, {"endpoint", endpoint}});
      speak(other);
      watched.until({kind::disconnected});
      watched.unbind(endpoint);
      watched.until({kind::closed});
      return;
    }
    const auto fresh =
      at.where.transport == "tcp" ? "tcp://127.0.0.1:0" : at.fresh();
    const json listen{{"do", "listen"}, {"endpoint", fresh}};
    watched.connect(other.ask(listen).at("endpoint"));
    other.ask({{"do", "accept"}});
    speak(other);
    watched.until({kind::disconnected});
  }

  void speak(peer& other) const {
    other.ask({{"do", "garbage"}, {"kind", garbage}});
    if (and_goes)
      other.ask({{"do", "close"}});
  }

  bool we_bind;
  std::string garbage;
  bool and_goes = false;
};

} // namespace

TEST_CASE("monitor: libzmq's order where a peer does not speak ZMTP") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  const std::string garbage =
    GENERATE("unknown_mechanism", "unknown_handshake_command",
             "message_instead_of_ready");
  CAPTURE(we_bind, garbage);
  require_equal(where, socket_type::pull, garbage_thrown{we_bind, garbage});
}

// Where libzmq only tells DISCONNECTED, what was wrong is told before it here.
TEST_CASE("monitor: failures that have no name in libzmq have one here") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  const auto [garbage, number] = GENERATE(
    table<std::string, std::int64_t>({{"bad_signature", unspecified},
                                      {"zeros", unspecified},
                                      {"cut_metadata", invalid_metadata},
                                      {"incompatible_type", invalid_metadata},
                                      {"unknown_type", invalid_metadata}}));
  CAPTURE(we_bind, garbage);
  auto [theirs, ours] =
    both(where, socket_type::pull, garbage_thrown{we_bind, garbage});
  const auto end =
    std::find(theirs.begin(), theirs.end(), noted{kind::disconnected, 0});
  REQUIRE(end != theirs.end());
  theirs.insert(end, {kind::handshake_failed_protocol, number});
  REQUIRE(ours == theirs);
}

TEST_CASE("monitor: libzmq's order where a peer goes amid the handshake") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  const std::string said = GENERATE("nothing", "half_greeting", "half_ready");
  CAPTURE(we_bind, said);
  require_equal(where, socket_type::pull, garbage_thrown{we_bind, said, true});
}

// libzmq says nothing of its own disconnect, and may take until the socket's
// next call; ours is told, and at once.
TEST_CASE("monitor: a disconnect is told, and in libzmq is not") {
  ON_EVERY(where, wires());
  auto [theirs, ours] =
    both(where, socket_type::push, [](subject& watched, stage& at) {
      peer other{implementation::libzmq};
      other.open("PULL");
      const auto endpoint = other.bind(at.fresh());
      watched.connect(endpoint);
      watched.until({kind::handshake_succeeded});
      watched.disconnect(endpoint);
      watched.until_disconnected();
      watched.close();
      watched.until({kind::monitor_stopped});
    });
  theirs.insert(theirs.end() - 1, {kind::disconnected, 0});
  REQUIRE(ours == theirs);
}

TEST_CASE("monitor: libzmq's order where we close") {
  ON_EVERY(where, wires());
  require_equal(where, socket_type::pull, [](subject& watched, stage& at) {
    const auto endpoint = watched.bind(at.fresh());
    watched.until({kind::listening});
    watched.close();
    watched.until({kind::monitor_stopped});
  });
}

} // namespace zmqrt::test
