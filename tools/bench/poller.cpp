// SPDX-License-Identifier: MPL-2.0
//
// See poller.hpp. Both contenders in one process, one thread.

#include "tools/bench/poller.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "tools/bench/libzmq_raii.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::bench {

namespace {

/// So many of the sockets have a peer, and get messages in turn.
constexpr std::size_t most_busy = 10;

std::string endpoint_of(std::size_t which) {
  return "inproc://poller-" + std::to_string(which);
}

/// libzmq takes a file or more for each socket.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
  }
}

class zmqrt_sockets {
public:
  explicit zmqrt_sockets(std::size_t count)
    : home_(context_options{.max_sockets = static_cast<int>(count + most_busy),
                            .linger = std::chrono::milliseconds{0}}) {
    for (std::size_t i = 0; i < count; ++i) {
      pulls_.push_back(home_.socket(socket_type::pull));
      pulls_.back().bind(endpoint_of(i));
      all_.add(pulls_.back(), poll_events::in);
    }
    for (std::size_t i = 0; i < std::min(count, most_busy); ++i) {
      pushes_.push_back(home_.socket(socket_type::push));
      pushes_.back().connect(endpoint_of(i));
    }
  }
  void round(std::uint64_t number) {
    pushes_[number % pushes_.size()].send("x");
    if (all_.wait(ready_, std::chrono::seconds{10}) == 0)
      throw std::runtime_error("poller: nothing was ready");
    for (auto& each : ready_)
      (void)each.socket.recv();
  }

private:
  context home_;
  std::vector<socket> pulls_;
  std::vector<socket> pushes_;
  poller all_;
  std::vector<poll_result> ready_;
};

class libzmq_sockets {
public:
  explicit libzmq_sockets(std::size_t count) {
    home_.set(ZMQ_MAX_SOCKETS, static_cast<int>(count + most_busy + 1));
    for (std::size_t i = 0; i < count; ++i) {
      pulls_.emplace_back(home_, ZMQ_PULL);
      pulls_.back().bind(endpoint_of(i));
      items_.push_back({pulls_.back().get(), 0, ZMQ_POLLIN, 0});
    }
    for (std::size_t i = 0; i < std::min(count, most_busy); ++i) {
      pushes_.emplace_back(home_, ZMQ_PUSH);
      pushes_.back().connect(endpoint_of(i));
    }
  }
  void round(std::uint64_t number) {
    pushes_[number % pushes_.size()].send("x");
    check_zmq(zmq_poll(items_.data(), static_cast<int>(items_.size()), 10'000)
                > 0,
              "zmq_poll");
    for (std::size_t i = 0; i < items_.size(); ++i)
      if ((items_[i].revents & ZMQ_POLLIN) != 0)
        (void)pulls_[i].recv();
  }

private:
  zmq_context home_;
  std::vector<zmq_socket_owner> pulls_;
  std::vector<zmq_socket_owner> pushes_;
  std::vector<zmq_pollitem_t> items_;
};

template <class Sockets>
double measure(const poller_plan& what) {
  using clock = std::chrono::steady_clock;
  Sockets sockets{what.sockets};
  for (std::uint64_t i = 0; i < what.count / 10 + 1; ++i)
    sockets.round(i);
  std::vector<double> runs;
  for (unsigned run = 0; run < what.runs; ++run) {
    const auto start = clock::now();
    for (std::uint64_t i = 0; i < what.count; ++i)
      sockets.round(i);
    const std::chrono::duration<double, std::nano> took = clock::now() - start;
    runs.push_back(took.count() / static_cast<double>(what.count));
  }
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() / 2];
}

} // namespace

double poller_round_ns(const poller_plan& what) {
  raise_file_limit();
  return what.impl == "libzmq" ? measure<libzmq_sockets>(what)
                               : measure<zmqrt_sockets>(what);
}

} // namespace zmqrt::bench
