// SPDX-License-Identifier: MPL-2.0
//
// A frame: the bytes of one part of a message. Up to inline_capacity bytes
// live inside the object; larger ones in a shared, reference-counted slab, so
// that a copy never copies them. Frames are values: one frame object belongs
// to one thread at a time, copies of it may live in different threads.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "zmqrt/export.hpp"

namespace zmqrt {

class slab;
class slab_ref;

class ZMQRT_EXPORT frame {
public:
  /// Frames of up to this many bytes need no memory of their own.
  static constexpr std::size_t inline_capacity = 70;

  /// Frees an adopted buffer; called once, from any thread of the runtime.
  using free_function = void (*)(void* data, void* hint);

  /// An empty frame.
  frame() noexcept {
    set_inline_size(0);
  }
  /// Copies `bytes` (std::bad_alloc for those that do not fit inline).
  explicit frame(std::span<const std::byte> bytes) {
    if (bytes.size() <= inline_capacity)
      assign_inline(bytes.data(), bytes.size());
    else
      copy_to_slab(bytes);
  }
  /// Copies `text` (std::bad_alloc, likewise).
  explicit frame(std::string_view text)
    : frame(std::as_bytes(std::span{text})) {
  }
  frame(const frame& other) noexcept : state_(other.state_) {
    if (state_.kind == kind::slab)
      add_owner();
  }
  frame(frame&& other) noexcept : state_(other.state_) {
    other.set_inline_size(0);
  }
  frame& operator=(const frame& other) noexcept {
    if (this != &other) {
      drop();
      state_ = other.state_;
      if (state_.kind == kind::slab)
        add_owner();
    }
    return *this;
  }
  frame& operator=(frame&& other) noexcept {
    if (this != &other) {
      drop();
      state_ = other.state_;
      other.set_inline_size(0);
    }
    return *this;
  }
  ~frame() {
    drop();
  }

  /// A frame of `size` bytes of library memory, contents undefined: write
  /// them through `writable()`. Throws std::bad_alloc.
  [[nodiscard]] static frame uninitialized(std::size_t size);

  /// Takes over `data`; `free(data, hint)` is called when the last copy is
  /// gone, from whichever thread that happens on. On failure (std::bad_alloc)
  /// the buffer still belongs to the caller.
  [[nodiscard]] static frame adopt(void* data, std::size_t size,
                                   free_function free, void* hint = nullptr);

  /// Refers to memory that outlives every copy, such as a string literal.
  [[nodiscard]] static frame literal(std::string_view text) noexcept;

  /// Shares a part of a slab (used by the runtime).
  [[nodiscard]] static frame share(const slab_ref& owner,
                                   std::span<const std::byte> part) noexcept;

  [[nodiscard]] const std::byte* data() const& noexcept {
    return state_.kind == kind::inlined ? state_.inlined : outside().data;
  }
  const std::byte* data() const&& = delete;
  [[nodiscard]] std::size_t size() const noexcept {
    return state_.kind == kind::inlined ? state_.inline_size : outside().size;
  }
  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept {
    return {data(), size()};
  }
  std::span<const std::byte> bytes() const&& = delete;
  /// The bytes as text; valid as long as this frame is, and unchanged.
  [[nodiscard]] std::string_view view() const& noexcept {
    return {reinterpret_cast<const char*>(data()), size()};
  }
  std::string_view view() const&& = delete;

  /// The bytes, to write to. Copies them first where they are shared or
  /// foreign (std::bad_alloc). Valid until this frame is copied or changed.
  [[nodiscard]] std::span<std::byte> writable() &;

  /// The slab behind the bytes; null for inline and literal ones.
  [[nodiscard]] slab* owner() const noexcept {
    return state_.kind == kind::slab ? outside().owner : nullptr;
  }

private:
  friend class batch_reader;
  friend class batch_writer;

  enum class kind : std::uint8_t { inlined, slab, literal };

  /// Bytes that lie elsewhere; kept in the first octets of `inlined`.
  struct outside_bytes {
    slab* owner;
    const std::byte* data;
    std::size_t size;
  };
  /// Trivially copyable, so that a move is a few fixed vector moves.
  struct state {
    alignas(outside_bytes) std::byte inlined[inline_capacity];
    std::uint8_t inline_size;
    frame::kind kind;
  };

  [[nodiscard]] outside_bytes outside() const noexcept {
    outside_bytes where;
    std::memcpy(&where, state_.inlined, sizeof where);
    return where;
  }
  void set_outside(kind what, outside_bytes where) noexcept {
    std::memcpy(state_.inlined, &where, sizeof where);
    state_.inline_size = 0;
    state_.kind = what;
  }
  void set_inline_size(std::size_t size) noexcept {
    state_.inline_size = static_cast<std::uint8_t>(size);
    state_.kind = kind::inlined;
  }
  /// Overwrites without dropping what was there.
  void assign_inline(const std::byte* bytes, std::size_t size) noexcept {
    if (size != 0)
      std::memcpy(state_.inlined, bytes, size);
    set_inline_size(size);
  }
  void drop() noexcept {
    if (state_.kind == kind::slab)
      release_owner();
  }
  void copy_to_slab(std::span<const std::byte> bytes);
  void add_owner() const noexcept;
  void release_owner() noexcept;

  state state_;
};

static_assert(sizeof(frame) == 72);

} // namespace zmqrt
