// SPDX-License-Identifier: MPL-2.0
//
// What a gate costs per message: processor time of uncontended sends and
// receives, and messages per second between two threads on an inproc link.
// Prints; asserts nothing.

#include "actors/gate/gate.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>
#include <vector>

#include "actors/gate/futex.hpp"
#include "actors/gate/inproc_registry.hpp"

using namespace zmqrt;
using actors::gate;
using actors::patience;

namespace {

constexpr int per_batch = 1'000;
constexpr int batches = 2'000;
constexpr int runs = 7;

double thread_cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec)
         + static_cast<double>(now.tv_nsec);
}

void check(std::error_code why) {
  if (why) {
    std::fprintf(stderr, "%s\n", why.message().c_str());
    std::exit(1);
  }
}

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

socket_options without_limits() {
  socket_options made;
  made.sndhwm = made.rcvhwm = 0;
  return made;
}

struct cost {
  double send = 0;
  double recv = 0;
};

/// One thread: sends a batch, moves it by hand as a session would, reads it.
cost uncontended(std::size_t size) {
  gate push(socket_type::push, without_limits());
  gate pull(socket_type::pull, without_limits());
  const auto out = *push.attach({});
  const auto in =
    *pull.attach({nullptr, std::make_shared<const peer_properties>(), -1, -1});
  std::vector<std::byte> payload(size);
  batch moved;
  cost sum;
  for (int round = 0; round < batches; ++round) {
    const double start = thread_cpu_ns();
    for (int i = 0; i < per_batch; ++i)
      check(push.send(message{std::span<const std::byte>{payload}},
                      patience::never()));
    const double sent = thread_cpu_ns();
    push.take(out, moved);
    push.accepted(out, moved.messages(), moved.bytes());
    static_cast<void>(pull.deliver(in, moved));
    const double delivered = thread_cpu_ns();
    for (int i = 0; i < per_batch; ++i) {
      message next;
      check(pull.recv(next, patience::never()));
    }
    sum.send += sent - start;
    sum.recv += thread_cpu_ns() - delivered;
  }
  constexpr double count = double{per_batch} * batches;
  return {sum.send / count, sum.recv / count};
}

/// Two threads on an inproc link with default marks, in millions a second.
double inproc(std::size_t size, int count) {
  actors::inproc_registry names;
  const socket_options defaults;
  const auto push = std::make_shared<gate>(socket_type::push, defaults);
  const auto pull = std::make_shared<gate>(socket_type::pull, defaults);
  check(names.bind("bench", pull));
  check(names.connect("bench", push));
  const auto start = actors::monotonic_ns();
  std::thread sender([&] {
    for (int i = 0; i < count; ++i) {
      frame body = frame::uninitialized(size);
      std::memcpy(body.writable().data(), &i, std::min(size, sizeof i));
      check(push->send(message{std::move(body)}, patience::forever()));
    }
  });
  for (int i = 0; i < count; ++i) {
    message next;
    check(pull->recv(next, patience::forever()));
    int seen = 0;
    std::memcpy(&seen, next[0].data(), std::min(size, sizeof seen));
    if (seen != i && size >= sizeof seen)
      std::abort();
  }
  sender.join();
  const auto took = static_cast<double>(actors::monotonic_ns() - start);
  names.leave(push);
  names.leave(pull);
  return 1e3 * count / took;
}

} // namespace

int main() {
  for (const std::size_t size : {16UL, 64UL, 256UL, 1024UL}) {
    std::vector<double> send;
    std::vector<double> recv;
    std::vector<double> rate;
    for (int run = 0; run < runs; ++run) {
      const cost of = uncontended(size);
      send.push_back(of.send);
      recv.push_back(of.recv);
      rate.push_back(inproc(size, 3'000'000));
    }
    std::printf("%5zu B: send %5.1f ns, recv %5.1f ns, inproc %5.2f M msg/s "
                "(%.2f to %.2f)\n",
                size, median(send), median(recv), median(rate),
                *std::min_element(rate.begin(), rate.end()),
                *std::max_element(rate.begin(), rate.end()));
  }
}
