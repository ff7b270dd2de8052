// SPDX-License-Identifier: MPL-2.0
//
// libzmq between a producer and a consumer actor, as people do it: the
// producer's handler sends (and blocks at the high-water mark, which bounds
// it), and a thread forwards each message by anon_send. So that the consumer's
// mailbox is bounded, too, the thread is at most `ahead` messages in front of
// it. See actors.hpp.

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <caf/all.hpp>

#include "tools/bench/actors.hpp"
#include "tools/bench/libzmq_raii.hpp"
#include "tools/bench/payload.hpp"

namespace zmqrt::bench {

namespace {

/// Of one turn of the producer's handler.
constexpr std::uint64_t lot = 256;
constexpr std::uint64_t ahead = 1024;

void send_one(zmq_socket_owner& to, std::size_t size, std::uint64_t seq) {
  zmq_msg_t made;
  check_zmq(zmq_msg_init_size(&made, size) == 0, "zmq_msg_init_size");
  write_payload(static_cast<std::byte*>(zmq_msg_data(&made)), size, seq);
  check_zmq(zmq_msg_send(&made, to.get(), 0) >= 0, "zmq_msg_send");
}

caf::behavior producer(caf::event_based_actor* self, zmq_socket_owner* to,
                       const actors_plan& what) {
  return {[=](std::uint64_t first) {
    const auto end = std::min(first + lot, what.total());
    for (auto seq = first; seq < end; ++seq)
      send_one(*to, what.size, seq);
    if (end < what.total())
      self->send(self, end);
    else
      self->quit();
  }};
}

struct consumption {
  explicit consumption(const actors_plan& what) : seen(what) {
  }

  arrivals seen;
  std::atomic<std::uint64_t> done{0};
  std::promise<double> rate;
};

caf::behavior consumer(caf::event_based_actor* self,
                       const std::shared_ptr<consumption>& it) {
  return {[=](const std::string& each) {
    it->seen.one(reinterpret_cast<const std::byte*>(each.data()), each.size());
    if (it->seen.seen() % lot == 0) {
      it->done.store(it->seen.seen());
      it->done.notify_one();
    }
    if (it->seen.complete()) {
      it->rate.set_value(it->seen.msgs_per_s());
      self->quit();
    }
  }};
}

void forward(const actors_plan& what, zmq_socket_owner& from,
             const caf::actor& to, consumption& bound) {
  for (std::uint64_t seq = 0; seq < what.total(); ++seq) {
    zmq_msg_t got;
    zmq_msg_init(&got);
    check_zmq(zmq_msg_recv(&got, from.get(), 0) >= 0, "zmq_msg_recv");
    caf::anon_send(to, std::string(static_cast<char*>(zmq_msg_data(&got)),
                                   zmq_msg_size(&got)));
    zmq_msg_close(&got);
    for (auto done = bound.done.load(); seq + 1 - done >= ahead;
         done = bound.done.load())
      bound.done.wait(done);
  }
}

} // namespace

double run_libzmq_actors(const actors_plan& what) {
  zmq_context home;
  home.set(ZMQ_IO_THREADS, what.io_threads);
  zmq_socket_owner pull{home, ZMQ_PULL};
  zmq_socket_owner push{home, ZMQ_PUSH};
  pull.bind("tcp://127.0.0.1:*");
  char endpoint[256];
  std::size_t size = sizeof endpoint;
  check_zmq(zmq_getsockopt(pull.get(), ZMQ_LAST_ENDPOINT, endpoint, &size) == 0,
            "zmq_getsockopt");
  push.connect(endpoint);
  caf::actor_system_config config;
  config.set("scheduler.max-threads", what.workers);
  caf::actor_system system{config};
  const auto taken = std::make_shared<consumption>(what);
  auto rate = taken->rate.get_future();
  const auto to = system.spawn(consumer, taken);
  std::thread forwarder{[&] { forward(what, pull, to, *taken); }};
  caf::anon_send(system.spawn(producer, &push, what), std::uint64_t{0});
  forwarder.join();
  return outcome(rate);
}

} // namespace zmqrt::bench
