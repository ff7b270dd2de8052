// SPDX-License-Identifier: MPL-2.0
//
// A peer of the simulated sockets that is no socket of ours: it sends what the
// test says and records what it is sent.

#pragma once

#include <memory>
#include <string>

#include "tests/sim/stage.hpp"
#include "tests/unit/transports/sim/sim_peers.hpp"

namespace zmqrt::sim_test {

/// A client or server of the test's own, on a reactor of its own.
struct raw_peer {
  explicit raw_peer(stage& on) : loop(on.world()), world(on.world()) {
  }
  ~raw_peer() {
    if (peer != nullptr)
      (*peer)->close();
    if (door != nullptr)
      door->close();
    world.run_for(std::chrono::seconds{1});
  }
  void dial() {
    attempt = loop.dial(*transports::address::tcp("127.0.0.1", 5999), {});
    attempt->start(dialed);
    world.run_until([this] { return dialed.connection != nullptr; },
                    world.now() + std::chrono::seconds{1});
    greet(std::move(dialed.connection));
  }
  void listen() {
    auto made = loop.listen(*transports::address::tcp("127.0.0.1", 5999), {});
    door = std::move(*made);
    door->start(at_door);
  }
  /// `peer` is null if none comes within a second.
  void await_client() {
    world.run_until([this] { return !at_door.accepted.empty(); },
                    world.now() + std::chrono::seconds{1});
    if (at_door.accepted.empty())
      return;
    greet(std::move(at_door.accepted.back()));
    at_door.accepted.clear();
  }
  void greet(std::unique_ptr<transports::stream> connection) {
    peer = std::make_unique<transports::recording_peer>(world,
                                                        std::move(connection));
    (*peer)->receive(true);
  }
  /// One byte of a greeting each second, until the end; answers when that is.
  duration trickle(duration limit) {
    const time_point begun = world.now();
    std::string next(1, '\xff');
    while (peer->ends.empty() && world.now() - begun < limit) {
      if (peer->failures.empty())
        peer->send(next);
      next.assign(1, '\0');
      world.run_until([this] { return !peer->ends.empty(); },
                      world.now() + std::chrono::seconds{1});
    }
    return world.now() - begun;
  }

  transports::sim_reactor loop;
  transports::sim_world& world;
  transports::recording_dialer dialed;
  std::unique_ptr<transports::dialer> attempt;
  transports::recording_acceptor at_door;
  std::unique_ptr<transports::acceptor> door;
  std::unique_ptr<transports::recording_peer> peer;
};

} // namespace zmqrt::sim_test
