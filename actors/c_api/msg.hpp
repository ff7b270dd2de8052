// SPDX-License-Identifier: MPL-2.0
//
// What is in the 64 bytes of a zmq_msg_t: one frame, and what came with it.
// Payloads of up to inline_capacity bytes lie inside; larger ones in a slab
// that copies share (zmq_msg_copy(3)). One zmq_msg_t belongs to one thread at a
// time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <zmq.h>

#include "libzmqrt/message/slab.hpp"
#include "zmqrt/frame.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::c_api {

class msg {
public:
  static constexpr std::size_t inline_capacity = 32;

  /// Null: it is no message, or was closed.
  [[nodiscard]] static msg* of(zmq_msg_t* from) noexcept;
  [[nodiscard]] static const msg* of(const zmq_msg_t* from) noexcept;
  /// Makes an empty message of memory that is none.
  static msg& init(zmq_msg_t* in) noexcept;
  /// Drops what it holds; it is no message from now on.
  void close() noexcept;

  // -- payload --------------------------------------------------------------

  /// Of an empty message: `size` bytes to be written. False: no memory.
  [[nodiscard]] bool allocate(std::size_t size) noexcept;
  /// Takes over a buffer; `free` null: it outlives everything. False: no
  /// memory, and the buffer is still the caller's.
  [[nodiscard]] bool adopt(void* data, std::size_t size,
                           frame::free_function free, void* hint) noexcept;
  /// Takes over a frame that was received, and what its message tells of it.
  /// Throws std::bad_alloc, and nothing has changed.
  void take(message& from, bool more);
  /// Shares what `from` holds.
  void copy(const msg& from);
  /// Leaves `from` empty.
  void move(msg& from) noexcept;
  /// Becomes an empty message.
  void clear() noexcept;

  [[nodiscard]] std::byte* data() noexcept {
    return where_ == where::inlined ? bytes_.inlined : bytes_.outside.data;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return where_ == where::inlined ? inline_size_ : bytes_.outside.size;
  }
  /// Shares the payload.
  [[nodiscard]] frame to_frame() const noexcept;
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {where_ == where::inlined ? bytes_.inlined : bytes_.outside.data,
            size()};
  }

  // -- what came with it ------------------------------------------------------

  [[nodiscard]] bool more() const noexcept {
    return more_;
  }
  /// Others hold the payload, too, or it is nobody's.
  [[nodiscard]] bool shared() const noexcept;
  /// The program's own memory, which it waits for to come back.
  [[nodiscard]] bool lent() const noexcept {
    return where_ == where::slab && bytes_.outside.owner->lent();
  }
  /// Null: there is no such property.
  [[nodiscard]] const char* property(const char* name) const noexcept;

  [[nodiscard]] std::uint32_t routing_id() const noexcept {
    return routing_id_;
  }
  void set_routing_id(std::uint32_t id) noexcept {
    routing_id_ = id;
  }
  [[nodiscard]] const char* group() const noexcept {
    return group_ ? group_.get() : "";
  }
  /// Throws std::bad_alloc.
  void set_group(std::string_view name);

private:
  enum class where : std::uint8_t { inlined, slab, constant };

  struct outside {
    slab* owner;
    std::byte* data;
    std::size_t size;
  };

  msg() noexcept;
  ~msg() = default;

  /// Its own bytes from now on. Throws std::bad_alloc, and nothing has changed.
  void assign(std::span<const std::byte> bytes);
  void drop() noexcept;

  union {
    alignas(8) std::byte inlined[inline_capacity];
    struct outside outside;
  } bytes_;
  std::shared_ptr<const peer_properties> properties_;
  std::unique_ptr<char[]> group_; // ends with a zero
  std::uint32_t routing_id_ = 0;
  where where_ = where::inlined;
  std::uint8_t inline_size_ = 0;
  bool more_ = false;
  std::uint8_t mark_; // says that this is a message
};

static_assert(sizeof(msg) == sizeof(zmq_msg_t));
static_assert(alignof(msg) == alignof(zmq_msg_t));

} // namespace zmqrt::c_api
