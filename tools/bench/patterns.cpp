// SPDX-License-Identifier: MPL-2.0
//
// See patterns.hpp. Each process has one thread of ours; the one with many
// peers serves them in turn, which works because each gets the same share.

#include "tools/bench/patterns.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <thread>

#include <unistd.h>

#include "tools/bench/pattern_ports.hpp"
#include "tools/bench/sides.hpp"

namespace zmqrt::bench {

namespace {

/// Messages of one peer at a time; less than half of what its queue holds.
constexpr std::uint64_t chunk = 100;

/// Starts when the first quarter has come, and takes the time of the rest.
class half_time {
public:
  half_time(const plan& what, outcome& into)
    : from_(margin(what)), to_(margin(what) + what.count), into_(&into) {
  }
  /// So many have come by now.
  void reached(std::uint64_t done) {
    if (!started_ && done >= from_) {
      started_ = true;
      begin_ = clock::now();
      first_ = done;
    } else if (started_ && !stopped_ && done >= to_) {
      stopped_ = true;
      // Scaled to what was asked for: a step may be more than one message.
      const auto took = static_cast<double>(
        std::chrono::nanoseconds(clock::now() - begin_).count());
      into_->wall_ns =
        static_cast<std::uint64_t>(took * static_cast<double>(to_ - from_)
                                   / static_cast<double>(done - first_));
    }
  }
  [[nodiscard]] bool over() const {
    return stopped_;
  }

private:
  using clock = std::chrono::steady_clock;
  std::uint64_t from_;
  std::uint64_t to_;
  std::uint64_t first_ = 0;
  outcome* into_;
  clock::time_point begin_;
  bool started_ = false;
  bool stopped_ = false;
};

template <class Port>
std::deque<Port> peers_of(typename Port::home& home, socket_type type,
                          const plan& what, const std::string& endpoint) {
  std::deque<Port> all;
  for (std::size_t i = 0; i < what.peers; ++i) {
    all.emplace_back(home, type, what);
    all.back().connect(endpoint);
  }
  return all;
}

/// Ends this process at once: what its loops still wait for never comes.
[[noreturn]] void end_here() {
  ::_exit(0);
}

// -- pub-sub ------------------------------------------------------------------

/// Whole rounds, so that each SUB gets the same share.
std::uint64_t published(const plan& what) {
  const std::uint64_t round = chunk * what.match_one_in;
  return (what.count + 2 * margin(what)) / round * round + 2 * round;
}

template <class Port>
void publish_all(const plan& what, rendezvous& meeting) {
  typename Port::home home{what};
  Port out{home, socket_type::xpub, what};
  meeting.announce(out.bind());
  for (std::size_t i = 0; i < what.peers; ++i)
    out.read_notice(); // all have subscribed
  for (std::uint64_t seq = 0; seq < published(what); ++seq)
    out.publish(seq, topic_of(seq, what.match_one_in));
  meeting.await_leave();
  end_here();
}

template <class Port>
void subscribe_all(const plan& what, rendezvous& meeting, outcome& result) {
  typename Port::home home{what};
  auto all = peers_of<Port>(home, socket_type::sub, what, meeting.await());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto topic = topic_of(i, what.match_one_in);
    all[i].subscribe(what.match_one_in == 1
                       ? std::string_view{}
                       : std::string_view{topic.data(), topic.size()});
  }
  half_time clock{what, result};
  for (std::uint64_t done = 0; done < published(what);) {
    for (Port& each : all)
      for (std::uint64_t i = 0; i < chunk; ++i)
        each.recv_published();
    done += chunk * what.match_one_in;
    clock.reached(done);
  }
  meeting.leave();
  end_here();
}

// -- requests and answers -----------------------------------------------------

template <class Port>
void answer_all(const plan& what, socket_type type, rendezvous& meeting) {
  typename Port::home home{what};
  Port server{home, type, what};
  meeting.announce(server.bind());
  for (;;) // until the other side is through, which ends this process
    server.echo();
}

template <class Port>
void ask_all(const plan& what, socket_type type, std::size_t in_flight,
             rendezvous& meeting, outcome& result) {
  typename Port::home home{what};
  auto all = peers_of<Port>(home, type, what, meeting.await());
  std::uint64_t asked = 0; // by each
  for (; asked < in_flight; ++asked)
    for (Port& each : all)
      each.send(asked);
  half_time clock{what, result};
  for (std::uint64_t answered = 0; !clock.over(); ++answered, ++asked) {
    for (Port& each : all) {
      each.recv(answered);
      each.send(asked);
    }
    clock.reached((answered + 1) * all.size());
  }
  meeting.leave();
  end_here();
}

// -- by way of a proxy --------------------------------------------------------

template <class Port>
void send_by_proxy(const plan& what, rendezvous& meeting) {
  typename Port::home home{what};
  typename Port::home proxys{what};
  Port front{proxys, socket_type::pull, what};
  Port back{proxys, socket_type::push, what};
  Port out{home, socket_type::push, what};
  out.connect(front.bind());
  meeting.announce(back.bind());
  std::thread between{[&] { Port::pass_on(front, back); }};
  const auto all = what.count + 2 * margin(what);
  for (std::uint64_t seq = 0; seq < all; ++seq)
    out.send(seq);
  meeting.await_leave();
  end_here();
}

template <class Port>
void recv_by_proxy(const plan& what, rendezvous& meeting, outcome& result) {
  typename Port::home home{what};
  Port in{home, socket_type::pull, what};
  in.connect(meeting.await());
  half_time clock{what, result};
  const auto all = what.count + 2 * margin(what);
  for (std::uint64_t seq = 0; seq < all; ++seq) {
    in.recv(seq);
    if ((seq & 63) == 63)
      clock.reached(seq + 1);
  }
  clock.reached(all);
  meeting.leave();
  end_here();
}

// -- all ----------------------------------------------------------------------

/// A server that answers for ever is ended by its helper thread.
template <class Server>
lone_side_fn until_left(Server serve) {
  return [serve](rendezvous& meeting, outcome&) {
    std::thread end{[&meeting] {
      meeting.await_leave();
      end_here();
    }};
    serve(meeting);
  };
}

template <class Port>
outcome run(const plan& what) {
  if (what.pattern == "pub-sub")
    return run_processes(
      what,
      [&](rendezvous& meeting, outcome&) { publish_all<Port>(what, meeting); },
      [&](rendezvous& meeting, outcome& result) {
        subscribe_all<Port>(what, meeting, result);
      });
  if (what.pattern == "proxy")
    return run_processes(
      what,
      [&](rendezvous& meeting, outcome&) {
        send_by_proxy<Port>(what, meeting);
      },
      [&](rendezvous& meeting, outcome& result) {
        recv_by_proxy<Port>(what, meeting, result);
      });
  const bool routed = what.pattern == "dealer-router";
  const auto server = routed ? socket_type::router : socket_type::rep;
  const auto client = routed ? socket_type::dealer : socket_type::req;
  return run_processes(
    what, until_left([&what, server](rendezvous& meeting) {
      answer_all<Port>(what, server, meeting);
    }),
    [&](rendezvous& meeting, outcome& result) {
      ask_all<Port>(what, client, routed ? what.in_flight : 1, meeting, result);
    });
}

} // namespace

throughput_sample measure_pattern(const plan& what) {
  if (what.size < sizeof(topic_text))
    throw std::invalid_argument("--size: a topic takes 2 bytes");
  const auto result =
    what.impl == "libzmq" ? run<libzmq_port>(what) : run<zmqrt_port>(what);
  if (result.wall_ns == 0)
    throw std::runtime_error("a run was too short to be measured");
  return {static_cast<double>(what.count) * 1e9
            / static_cast<double>(result.wall_ns),
          0};
}

} // namespace zmqrt::bench
