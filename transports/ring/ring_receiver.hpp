// SPDX-License-Identifier: MPL-2.0
//
// The receiving half of a stream on a ring: one receive in flight at a time,
// of the kind that the traffic asks for. Belongs to the loop's thread.
//
//            small reads in a row              a full small read
//   multishot <-------------- small (start) -------------------> big
//       |                      ^  |   ^------- small reads again --|
//       '--- a full read,      |  |                                |
//            a pause, a target-'  '-> target <---------------------'
//
// multishot: the kernel goes on by itself, into small buffers. small, big: one
// read at a time, so that a pause costs nothing and at most one read is ahead
// of the handler. target: into the handler's own memory, with a small slab
// behind it for what follows. Without buffer rings: wait until readable, then
// read into a slab of the stream's own.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>

#include <sys/socket.h>
#include <sys/uio.h>

#include "transports/ring/ring_reactor.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class ring_stream;

class ring_receiver final : public ring_operation {
public:
  ring_receiver(ring_stream& of, const stream_options& options) noexcept;

  void receive(bool on);
  void on_completion(int outcome, std::uint32_t flags) override;
  /// Goes on with what could not be done at once.
  void go_on();
  /// Asks what is in flight to end.
  void cancel() noexcept;

private:
  enum class kind : std::uint8_t { multishot, picked, vectored, readable };

  void read_next();
  void start_picked();
  void start_vectored(std::span<std::byte> target, std::size_t size, int flags);
  void start_readable();
  void deliver_picked(std::size_t count, std::uint16_t id);
  void deliver_vectored(std::size_t count);
  void on_data(std::size_t count, std::uint32_t flags);
  void on_nothing(int outcome);
  void adapt(std::size_t count) noexcept;
  void end(std::error_code why);
  void tell_end();

  ring_stream& of_;
  std::size_t big_bytes_;
  kind kind_ = kind::picked;
  receive_buffers* picked_from_ = nullptr;
  bool multishot_allowed_;
  bool big_ = false;
  bool on_ = false;
  bool cancelled_ = false;
  bool maybe_more_ = true; // what the kernel holds is not known to be drained
  bool ended_ = false;     // received all
  bool told_ = false;      // and said so
  std::uint8_t small_reads_ = 0;
  std::error_code end_code_;
  slab_ref slab_; // of a vectored read
  std::size_t target_bytes_ = 0;
  std::array<iovec, 2> parts_{};
  msghdr header_{};
};

} // namespace zmqrt::transports
