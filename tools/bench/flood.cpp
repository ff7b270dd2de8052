// SPDX-License-Identifier: MPL-2.0
//
// See flood.hpp. The receiver holds the clock, and turns the flood on and off.

#include "tools/bench/flood.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/bench/security.hpp"
#include "tools/bench/sides.hpp"

namespace zmqrt::bench {

namespace {

void check(bool ok, const char* what) {
  if (!ok)
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// A greeting (RFC 23) for CURVE, and a HELLO (RFC 26) of `size` octets that
/// nobody has made with a key.
std::string bad_hello(std::size_t size) {
  std::string bytes("\xff\0\0\0\0\0\0\0\1\x7f\3\0CURVE", 17);
  bytes.resize(64, '\0');
  bytes += '\4'; // a short command
  bytes += static_cast<char>(size);
  bytes += "\5HELLO";
  bytes += '\1'; // version 1.0
  bytes += '\0';
  for (std::size_t i = 8; i < size; ++i)
    bytes += static_cast<char>(i * 37);
  return bytes;
}

/// Says it on a new connection.
int say(const sockaddr_in& to, const std::string& what) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd >= 0, "socket");
  // Ends without a trace, or the ports would be used up.
  const linger none{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  // A server that has ended it, or does not listen, is found by has_ended().
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
    (void)::send(fd, what.data(), what.size(), MSG_NOSIGNAL);
  return fd;
}

bool has_ended(int fd) {
  std::array<char, 512> ignored;
  ssize_t got = 0;
  do {
    got = ::recv(fd, ignored.data(), ignored.size(), MSG_DONTWAIT);
  } while (got > 0);
  return got == 0 || (errno != EAGAIN && errno != EINTR);
}

using clock = std::chrono::steady_clock;

/// The rate does not depend on how soon the server ends one, until so many
/// wait for it: fewer than its BACKLOG of 100, or connect(2) would wait.
constexpr std::size_t most_waiting = 64;
/// How often one looks whether the flood is on.
constexpr std::chrono::milliseconds look{10};

/// HELLOs on time, as long as they are wanted; those that the server has ended
/// are counted.
class flood {
public:
  flood(const sockaddr_in& to, std::uint64_t per_s, outcome& shared)
    : to_(to), interval_(std::chrono::nanoseconds{1'000'000'000 / per_s}),
      on_(shared.flooding), ended_(shared.bad_hellos) {
  }
  [[noreturn]] void run() {
    for (;;) {
      const auto now = clock::now();
      const bool full = waiting_.size() >= most_waiting;
      if (on_ == 0)
        due_ = now + look;
      else if (now >= due_ && !full)
        begin_one(now);
      await(full ? now + look : due_);
    }
  }

private:
  void begin_one(clock::time_point now) {
    waiting_.push_back({say(to_, hellos_.at(said_++ % 2)), POLLIN, 0});
    // What could not be said in time is said at once, but not all of it.
    due_ = std::max(due_ + interval_, now - look);
  }
  void await(clock::time_point until) {
    const auto left = std::max(until - clock::now(), clock::duration{0});
    const auto ns =
      std::chrono::nanoseconds(std::min<clock::duration>(left, look)).count();
    const timespec limit{0, static_cast<long>(ns)};
    if (::ppoll(waiting_.data(), waiting_.size(), &limit, nullptr) <= 0)
      return;
    std::erase_if(waiting_, [this](const pollfd& each) {
      if (each.revents == 0 || !has_ended(each.fd))
        return false;
      ::close(each.fd);
      ++ended_;
      return true;
    });
  }

  sockaddr_in to_;
  clock::duration interval_;
  std::atomic_ref<std::uint64_t> on_;
  std::atomic_ref<std::uint64_t> ended_;
  std::array<std::string, 2> hellos_{bad_hello(200), bad_hello(100)};
  std::uint64_t said_ = 0;
  clock::time_point due_;
  std::vector<pollfd> waiting_;
};

/// A process that floods, until it is destroyed.
class flooder {
public:
  flooder(const plan& what, const std::string& endpoint, outcome& shared)
    : pid_(::fork()) {
    check(pid_ >= 0, "fork");
    if (pid_ != 0)
      return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      const auto port = endpoint.substr(endpoint.rfind(':') + 1);
      to.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
      flood{to, what.hellos_per_s, shared}.run();
    } catch (const std::exception& failed) {
      std::fprintf(stderr, "zmqrt bench flood: %s\n", failed.what());
    }
    ::_exit(1);
  }
  flooder(const flooder&) = delete;
  flooder& operator=(const flooder&) = delete;
  ~flooder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

private:
  pid_t pid_;
};

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

/// The receiver: stretches of the stream, without the flood and amid it in
/// turn, with a margin before each that is not measured.
class receiver {
public:
  receiver(link_end& end, const plan& what, outcome& shared)
    : end_(end), what_(what), on_(shared.flooding),
      bad_hellos_(shared.bad_hellos) {
  }
  flood_sample run() {
    std::vector<double> quiet;
    std::vector<double> flooded;
    std::vector<double> ratio;
    std::vector<double> bad;
    for (unsigned i = 0; i < what_.runs; ++i) {
      quiet.push_back(stretch(false).msgs_per_s);
      const auto [rate, hellos] = stretch(true);
      flooded.push_back(rate);
      bad.push_back(hellos);
      ratio.push_back(rate / quiet.back());
    }
    on_ = 0;
    take(margin(what_));
    return {median(quiet), median(flooded), median(ratio), median(bad)};
  }

private:
  struct rates {
    double msgs_per_s;
    double bad_hellos_per_s;
  };
  rates stretch(bool amid) {
    on_ = amid ? 1 : 0;
    take(margin(what_));
    const std::uint64_t before = bad_hellos_;
    const auto start = clock::now();
    take(what_.count);
    const std::chrono::duration<double> took = clock::now() - start;
    return {static_cast<double>(what_.count) / took.count(),
            static_cast<double>(bad_hellos_ - before) / took.count()};
  }
  void take(std::uint64_t n) {
    end_.recv(taken_, n);
    taken_ += n;
  }

  link_end& end_;
  const plan& what_;
  std::atomic_ref<std::uint64_t> on_;
  std::atomic_ref<std::uint64_t> bad_hellos_;
  std::uint64_t taken_ = 0;
};

void receive(const plan& what, rendezvous& meeting, outcome& result) {
  const auto own = make_contender(what);
  const auto end = own->open(side::pull);
  meeting.announce(end->bind());
  result.flood = receiver{*end, what, result}.run();
  meeting.leave();
}

void send(const plan& what, rendezvous& meeting, outcome& result) {
  const auto endpoint = meeting.await();
  const flooder third{what, endpoint, result}; // before any thread is
  const auto own = make_contender(what);
  const auto end = own->open(side::push);
  end->connect(endpoint);
  end->send(0, 2 * what.runs * (margin(what) + what.count) + margin(what));
  meeting.await_leave();
}

} // namespace

flood_sample measure_flood(const plan& what) {
  const auto keyed = with_keys(what);
  return run_processes(
           keyed,
           [&](rendezvous& meeting, outcome& out) {
             receive(keyed, meeting, out);
           },
           [&](rendezvous& meeting, outcome& out) {
             send(keyed, meeting, out);
           })
    .flood;
}

} // namespace zmqrt::bench
