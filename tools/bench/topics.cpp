// SPDX-License-Identifier: MPL-2.0
//
// See topics.hpp. Both contenders in one process, one thread of ours.

#include "tools/bench/topics.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "tools/bench/libzmq_raii.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::bench {

namespace {

constexpr const char* endpoint = "inproc://topics";
/// So many are subscribed, or sent, before the other side catches up.
constexpr std::size_t chunk = 500;
// Kinds of topics.
constexpr std::uint64_t subscribed = 0;
constexpr std::uint64_t others = 1;
constexpr std::uint64_t letters = 16;

/// Topic `number` among those of a `kind`, all different: its number, the least
/// digit first, and then letters without an order.
void write_topic(std::string& into, std::uint64_t number, std::uint64_t kind) {
  std::uint64_t state = number * 2 + kind;
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (i % 12 == 0) { // as SplitMix64 mixes
      state += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      state = mixed ^ (mixed >> 31);
    }
    into[i] =
      static_cast<char>('a' + (state >> (5 * (i % 12)) & (letters - 1)));
  }
  auto rest = number * 2 + kind;
  for (std::size_t i = 0; rest != 0; rest /= letters)
    into.at(i++) = static_cast<char>('a' + rest % letters);
}

class zmqrt_pair {
public:
  zmqrt_pair() {
    for (socket* each : {&publisher_, &subscriber_}) {
      each->set(option::sndhwm, 0);
      each->set(option::rcvhwm, 0);
    }
    publisher_.bind(endpoint);
    subscriber_.connect(endpoint);
  }
  void subscribe(const std::string& topic) {
    subscriber_.subscribe(topic);
  }
  void read_notice() {
    (void)publisher_.recv();
  }
  void publish(const std::string& topic) {
    publisher_.send(topic);
  }
  void read() {
    (void)subscriber_.recv();
  }
  bool has_more() {
    return subscriber_.try_recv().has_value();
  }

private:
  context home_{context_options{.linger = std::chrono::milliseconds{0}}};
  socket publisher_ = home_.socket(socket_type::xpub);
  socket subscriber_ = home_.socket(socket_type::sub);
};

class libzmq_pair {
public:
  libzmq_pair() {
    // It may hear late that what it sent was read, and drop the next.
    for (zmq_socket_owner* each : {&publisher_, &subscriber_}) {
      each->set(ZMQ_SNDHWM, 0);
      each->set(ZMQ_RCVHWM, 0);
    }
    publisher_.bind(endpoint);
    subscriber_.connect(endpoint);
  }
  void subscribe(const std::string& topic) {
    subscriber_.set(ZMQ_SUBSCRIBE, topic);
  }
  void read_notice() {
    (void)publisher_.recv();
  }
  void publish(const std::string& topic) {
    publisher_.send(topic);
  }
  void read() {
    (void)subscriber_.recv();
  }
  bool has_more() {
    return subscriber_.recv(ZMQ_DONTWAIT);
  }

private:
  zmq_context home_;
  zmq_socket_owner publisher_{home_, ZMQ_XPUB};
  zmq_socket_owner subscriber_{home_, ZMQ_SUB};
};

double resident_bytes() {
  std::ifstream pages("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  pages >> all >> resident;
  return static_cast<double>(resident)
         * static_cast<double>(sysconf(_SC_PAGESIZE));
}

class stopwatch {
public:
  void start() {
    begin_ = clock::now();
  }
  void stop() {
    sum_ += clock::now() - begin_;
  }
  [[nodiscard]] double rate(std::uint64_t count) const {
    return static_cast<double>(count)
           / std::chrono::duration<double>(sum_).count();
  }

private:
  using clock = std::chrono::steady_clock;
  clock::time_point begin_;
  clock::duration sum_{};
};

/// Publishes `count` messages, and reads them where they are wanted; answers
/// the rate of sending alone.
template <class Pair>
double publish(Pair& pair, const topics_plan& what, bool wanted) {
  const std::uint64_t kind = wanted ? subscribed : others;
  std::string topic(what.size, ' ');
  stopwatch sending;
  for (std::uint64_t sent = 0; sent < what.count;) {
    const auto end = std::min(sent + chunk, what.count);
    const auto first = sent;
    sending.start();
    for (; sent < end; ++sent) {
      write_topic(topic, sent * 7919 % what.topics, kind);
      pair.publish(topic);
    }
    sending.stop();
    for (auto i = first; wanted && i < end; ++i)
      pair.read();
  }
  if (pair.has_more())
    throw std::runtime_error("topics: what nobody subscribed to has come");
  return sending.rate(what.count);
}

template <class Pair>
topics_result measure(const topics_plan& what) {
  Pair pair;
  std::string topic(what.size, ' ');
  topics_result result;
  const double before = resident_bytes();
  stopwatch subscribing;
  subscribing.start();
  for (std::size_t first = 0; first < what.topics; first += chunk) {
    const auto end = std::min(first + chunk, what.topics);
    for (std::size_t i = first; i < end; ++i) {
      write_topic(topic, i, subscribed);
      pair.subscribe(topic);
    }
    for (std::size_t i = first; i < end; ++i)
      pair.read_notice();
  }
  subscribing.stop();
  result.subscribe_per_s = subscribing.rate(what.topics);
  result.bytes_per_topic =
    (resident_bytes() - before) / static_cast<double>(what.topics);
  result.match_per_s = publish(pair, what, true);
  result.miss_per_s = publish(pair, what, false);
  return result;
}

} // namespace

topics_result measure_topics(const topics_plan& what) {
  const auto digits = 4 * what.size; // bits of them
  if (digits < 63 && std::uint64_t{1} << digits < 2 * what.topics)
    throw std::invalid_argument("--size: too short for so many topics");
  return what.impl == "libzmq" ? measure<libzmq_pair>(what)
                               : measure<zmqrt_pair>(what);
}

} // namespace zmqrt::bench
