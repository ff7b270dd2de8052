// SPDX-License-Identifier: MPL-2.0
//
// See handshakes.hpp. The client waits for the oldest of those under way, which
// is the first to be through but for little.

#include "tools/bench/handshakes.hpp"

#include <chrono>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tools/bench/libzmq_raii.hpp"
#include "tools/bench/security.hpp"
#include "tools/bench/sides.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::bench {

namespace {

constexpr auto anywhere = "tcp://127.0.0.1:*";
constexpr std::chrono::milliseconds patience{10'000};
/// Closed ones count for a while.
constexpr int most_sockets = 10'000;

[[noreturn]] void give_up() {
  throw std::runtime_error("a handshake did not succeed in time");
}

// -- zmqrt --------------------------------------------------------------------

context_options make_options() {
  return {.max_sockets = most_sockets, .linger = std::chrono::milliseconds{0}};
}

void protect(socket& end, const plan& what, bool listens) {
  secure(what, listens, [&](int number, std::string_view bytes) {
    end.set_raw(number, std::as_bytes(std::span{bytes}));
  });
}

class zmqrt_server {
public:
  explicit zmqrt_server(const plan& what)
    : home_(make_options()), pull_(home_.socket(socket_type::pull)) {
    if (what.mechanism == "plain") {
      door_ = home_.socket(socket_type::rep);
      door_.bind(zap_endpoint);
      answers_ = std::jthread{[door = door_]() mutable {
        try {
          for (;;)
            let_in(door);
        } catch (const error&) { // it is closed
        }
      }};
    }
    protect(pull_, what, true);
  }
  zmqrt_server(const zmqrt_server&) = delete;
  zmqrt_server& operator=(const zmqrt_server&) = delete;
  ~zmqrt_server() {
    if (door_)
      door_.close();
  }
  std::string bind() {
    return pull_.bind(anywhere);
  }

private:
  context home_;
  socket pull_;
  socket door_;
  std::jthread answers_;
};

class zmqrt_client {
public:
  class attempt {
  public:
    attempt(zmqrt_client& of, const plan& what, const std::string& endpoint)
      : socket_(of.home_.socket(socket_type::push)),
        events_(socket_.monitor(
          static_cast<std::uint32_t>(event_kind::handshake_succeeded))) {
      protect(socket_, what, false);
      socket_.connect(endpoint);
    }
    void await() {
      const auto seen = events_.recv_for(patience);
      if (!seen || seen->kind != event_kind::handshake_succeeded)
        give_up();
    }

  private:
    socket socket_;
    monitor events_;
  };

private:
  context home_{make_options()};
};

// -- libzmq -------------------------------------------------------------------

void protect(zmq_socket_owner& end, const plan& what, bool listens) {
  secure(what, listens,
         [&](int number, std::string_view bytes) { end.set(number, bytes); });
}

class libzmq_server {
public:
  explicit libzmq_server(const plan& what) : pull_(home_, ZMQ_PULL) {
    if (what.mechanism == "plain") {
      zmq_socket_owner door{home_, ZMQ_REP};
      door.bind(zap_endpoint);
      answers_ = std::jthread{[door = std::move(door)] {
        while (let_in(door.get())) {
        }
      }};
    }
    protect(pull_, what, true);
  }
  libzmq_server(const libzmq_server&) = delete;
  libzmq_server& operator=(const libzmq_server&) = delete;
  ~libzmq_server() {
    zmq_ctx_shutdown(home_.get());
  }
  std::string bind() {
    pull_.bind(anywhere);
    char last[256];
    auto length = sizeof last;
    check_zmq(zmq_getsockopt(pull_.get(), ZMQ_LAST_ENDPOINT, last, &length)
                == 0,
              "ZMQ_LAST_ENDPOINT");
    return last;
  }

private:
  zmq_context home_;
  zmq_socket_owner pull_;
  std::jthread answers_;
};

class libzmq_client {
public:
  libzmq_client() {
    home_.set(ZMQ_MAX_SOCKETS, most_sockets);
  }

  class attempt {
  public:
    attempt(libzmq_client& of, const plan& what, const std::string& endpoint)
      : socket_(of.home_, ZMQ_PUSH), events_(of.home_, ZMQ_PAIR) {
      const auto there = "inproc://events-" + std::to_string(of.attempts_++);
      check_zmq(zmq_socket_monitor(socket_.get(), there.c_str(),
                                   ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
                  == 0,
                "zmq_socket_monitor");
      events_.set(ZMQ_RCVTIMEO, static_cast<int>(patience.count()));
      events_.connect(there);
      protect(socket_, what, false);
      socket_.connect(endpoint);
    }
    void await() {
      if (!events_.recv() || !events_.recv()) // the event, the endpoint
        give_up();
    }

  private:
    zmq_socket_owner socket_;
    zmq_socket_owner events_;
  };

private:
  zmq_context home_;
  std::uint64_t attempts_ = 0;
};

// -- both ---------------------------------------------------------------------

template <class Server>
void listen(const plan& what, rendezvous& meeting) {
  Server server{what};
  meeting.announce(server.bind());
  meeting.await_leave();
}

template <class Client>
void connect(const plan& what, rendezvous& meeting, outcome& result) {
  using clock = std::chrono::steady_clock;
  const auto endpoint = meeting.await();
  Client client;
  std::deque<typename Client::attempt> under_way;
  const auto end_oldest = [&] {
    under_way.front().await();
    under_way.pop_front();
  };
  const auto begin = [&](std::uint64_t n) {
    for (; n > 0; --n) {
      if (under_way.size() == what.in_flight)
        end_oldest();
      under_way.emplace_back(client, what, endpoint);
    }
  };
  begin(margin(what) + what.in_flight);
  const auto start = clock::now();
  begin(what.count);
  const std::chrono::nanoseconds took = clock::now() - start;
  result.wall_ns = static_cast<std::uint64_t>(took.count());
  while (!under_way.empty())
    end_oldest();
  meeting.leave();
}

template <class Server, class Client>
outcome run(const plan& what) {
  return run_processes(
    what, [&](rendezvous& meeting, outcome&) { listen<Server>(what, meeting); },
    [&](rendezvous& meeting, outcome& out) {
      connect<Client>(what, meeting, out);
    });
}

} // namespace

double handshakes_per_s(const plan& what) {
  const auto keyed = with_keys(what);
  const auto result = what.impl == "libzmq"
                        ? run<libzmq_server, libzmq_client>(keyed)
                        : run<zmqrt_server, zmqrt_client>(keyed);
  return static_cast<double>(what.count) * 1e9
         / static_cast<double>(result.wall_ns);
}

} // namespace zmqrt::bench
