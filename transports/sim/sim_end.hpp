// SPDX-License-Identifier: MPL-2.0
//
// One end of a simulated connection: what the kernel's socket and the I/O
// backend do together. Reads and writes are operations that complete later,
// in part, and late; close() with unread input resets the connection.
//
//   reading:  paused -> submit -> armed -> completing -> (armed | paused)
//   writing:  idle -> completing -> (completing | blocked | idle)
//   closing:  open -> closing -> closed

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

#include "transports/sim/sim_events.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class sim_flow;
class sim_link;
class sim_world;

class sim_end final : public sim_subject {
public:
  sim_end(sim_link& link, int side, sim_reactor_number on, const address& local,
          const address& remote)
    : link_(link), side_(side), on_(on), local_(local), remote_(remote) {
  }
  sim_end(const sim_end&) = delete;
  sim_end& operator=(const sim_end&) = delete;

  // -- what a stream offers -------------------------------------------------

  void start(stream_handler& handler);
  void receive(bool on);
  void send(const batch& bytes);
  void shutdown_send();
  void close();
  /// The stream object is gone. Closes what was never started.
  void abandon();
  /// The reading end is given at most this many bytes at once.
  void limit_reads(std::size_t bytes) noexcept {
    read_limit_ = bytes;
  }
  [[nodiscard]] const address& local() const noexcept {
    return local_;
  }
  [[nodiscard]] const address& remote() const noexcept {
    return remote_;
  }

  // -- from the network -----------------------------------------------------

  [[nodiscard]] bool is_closing() const noexcept {
    return closing_;
  }
  void on_readable();
  void on_room();
  void on_broken(std::error_code why);
  void on_event(int what) override;

private:
  void schedule(int what);
  /// Whether a read would complete.
  [[nodiscard]] bool has_news() const;
  void submit_read();
  void complete_read();
  void deliver();
  std::size_t read_into(std::byte* to, std::size_t size);
  void complete_write();
  std::size_t accept(std::size_t size);
  [[nodiscard]] std::size_t short_of(std::size_t size, unsigned permille);
  void finish_closing();
  void breach(const char* what);
  [[nodiscard]] sim_world& world() const noexcept;

  sim_link& link_;
  const int side_;
  const sim_reactor_number on_;
  const address local_;
  const address remote_;
  std::size_t read_limit_ = 64 * 1024;
  stream_handler* handler_ = nullptr;
  std::error_code broken_;

  bool wants_ = false; ///< receive(true)
  bool submit_due_ = false;
  bool armed_ = false;    ///< a read is under way
  bool read_due_ = false; ///< and about to complete
  bool receive_ended_ = false;
  std::span<std::byte> target_;

  const batch* sending_ = nullptr;
  std::size_t segment_ = 0; ///< of *sending_: how far it was accepted
  std::size_t offset_ = 0;  ///< within that segment
  std::size_t remaining_ = 0;
  bool write_due_ = false;
  bool send_ended_ = false; ///< failed, or shut down

  bool closing_ = false;
  bool closed_ = false;
  std::size_t sent_late_ = 0; ///< accepted between close() and on_closed()
};

/// What the user of the reactor holds.
class sim_stream final : public stream {
public:
  explicit sim_stream(std::shared_ptr<sim_end> end) : end_(std::move(end)) {
  }
  ~sim_stream() override {
    end_->abandon();
  }
  void start(stream_handler& handler) override {
    end_->start(handler);
  }
  void receive(bool on) override {
    end_->receive(on);
  }
  void send(const batch& bytes) override {
    end_->send(bytes);
  }
  void shutdown_send() override {
    end_->shutdown_send();
  }
  void close() override {
    end_->close();
  }
  [[nodiscard]] const address& local() const noexcept override {
    return end_->local();
  }
  [[nodiscard]] const address& remote() const noexcept override {
    return end_->remote();
  }

private:
  std::shared_ptr<sim_end> end_;
};

} // namespace zmqrt::transports
