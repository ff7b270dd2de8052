// SPDX-License-Identifier: MPL-2.0
//
// Users of a simulated reactor for its tests: they record what they are told.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "transports/sim/sim_reactor.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

/// A batch of one segment that carries `text`.
inline batch text_batch(buffer_source& source, std::string_view text) {
  const slab_ref owner = source.take(text.size());
  std::copy(text.begin(), text.end(), reinterpret_cast<char*>(owner->data()));
  batch made;
  made.append(owner, owner->data(), text.size());
  return made;
}

/// Reads all there is; sends one text at a time.
class recording_peer final : public stream_handler {
public:
  recording_peer(sim_world& world, std::unique_ptr<stream> connection)
    : world_(world), stream_(std::move(connection)) {
    stream_->start(*this);
  }

  void send(std::string_view text) {
    outgoing_ = text_batch(world_.buffers(), text);
    stream_->send(outgoing_);
  }

  void on_received(const slab_ref&, std::span<const std::byte> bytes) override {
    ++reads;
    received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  std::span<std::byte> direct_target() override {
    return target;
  }
  void on_received_direct(std::size_t size) override {
    ++direct_reads;
    received.append(reinterpret_cast<const char*>(target.data()), size);
  }
  void on_sent(std::size_t size) override {
    ++writes;
    sent += size;
  }
  void on_receive_end(std::error_code why) override {
    ends.push_back(why);
  }
  void on_send_failed(std::error_code why) override {
    failures.push_back(why);
  }
  void on_closed() override {
    ++closed;
  }
  [[nodiscard]] stream& operator*() const {
    return *stream_;
  }
  [[nodiscard]] stream* operator->() const {
    return stream_.get();
  }

  std::string received;
  std::size_t sent = 0;
  int reads = 0;
  int direct_reads = 0;
  int writes = 0;
  int closed = 0;
  std::vector<std::error_code> ends;
  std::vector<std::error_code> failures;
  std::span<std::byte> target;

private:
  sim_world& world_;
  std::unique_ptr<stream> stream_;
  batch outgoing_;
};

class recording_acceptor final : public accept_handler {
public:
  void on_accepted(std::unique_ptr<stream> connection) override {
    accepted.push_back(std::move(connection));
  }
  void on_accept_failed(std::error_code why) override {
    failures.push_back(why);
  }
  void on_acceptor_closed() override {
    ++closed;
  }

  std::vector<std::unique_ptr<stream>> accepted;
  std::vector<std::error_code> failures;
  int closed = 0;
};

class recording_dialer final : public dial_handler {
public:
  void on_connected(std::unique_ptr<stream> made) override {
    connection = std::move(made);
  }
  void on_dial_failed(std::error_code why) override {
    failure = why;
  }
  void on_dial_closed() override {
    ++closed;
  }

  std::unique_ptr<stream> connection;
  std::optional<std::error_code> failure;
  int closed = 0;
};

/// A world with two reactors and, after connect(), one connection.
struct two_hosts {
  explicit two_hosts(std::uint64_t seed, sim_conditions conditions = {})
    : world(seed, conditions) {
  }
  ~two_hosts() {
    for (auto* each : {client.get(), server.get()})
      if (each != nullptr)
        (*each)->close();
    if (door != nullptr)
      door->close();
    world.run_to_idle();
  }

  void listen() {
    auto made = there.listen(*address::tcp("127.0.0.1", 0), {});
    door = std::move(*made);
    door->start(at_door);
  }
  void connect() {
    listen();
    const auto attempt = here.dial(door->local(), {});
    recording_dialer dialed;
    attempt->start(dialed);
    world.run_to_idle();
    client =
      std::make_unique<recording_peer>(world, std::move(dialed.connection));
    server = std::make_unique<recording_peer>(
      world, std::move(at_door.accepted.at(0)));
  }

  sim_world world;
  sim_reactor here{world};
  sim_reactor there{world};
  recording_acceptor at_door;
  std::unique_ptr<acceptor> door;
  std::unique_ptr<recording_peer> client;
  std::unique_ptr<recording_peer> server;
};

} // namespace zmqrt::transports
