// SPDX-License-Identifier: MPL-2.0
//
// A frame: the bytes of one part of a message. Up to inline_capacity bytes
// live inside the object; larger ones in a shared, reference-counted slab, so
// that a copy never copies them. Frames are values: one frame object belongs
// to one thread at a time, copies of it may live in different threads.

#pragma once

#include <cstddef>
#include <cstdint>
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
  frame() noexcept : inline_size_(0), kind_(kind::inlined) {
  }
  /// Copies `bytes`.
  explicit frame(std::span<const std::byte> bytes);
  /// Copies `text`.
  explicit frame(std::string_view text);
  frame(const frame& other) noexcept {
    copy_from(other);
  }
  frame(frame&& other) noexcept {
    move_from(other);
  }
  frame& operator=(const frame& other) noexcept {
    if (this != &other) {
      drop();
      copy_from(other);
    }
    return *this;
  }
  frame& operator=(frame&& other) noexcept {
    if (this != &other) {
      drop();
      move_from(other);
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
    return kind_ == kind::inlined ? inlined_ : shared_.data;
  }
  const std::byte* data() const&& = delete;
  [[nodiscard]] std::size_t size() const noexcept {
    return kind_ == kind::inlined ? inline_size_ : shared_.size;
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
    return kind_ == kind::slab ? shared_.owner : nullptr;
  }

private:
  enum class kind : std::uint8_t { inlined, slab, literal };
  struct shared_bytes {
    slab* owner;
    const std::byte* data;
    std::size_t size;
  };

  void drop() noexcept {
    if (kind_ == kind::slab)
      release_owner();
  }
  void copy_from(const frame& other) noexcept;
  void move_from(frame& other) noexcept;
  void release_owner() noexcept;

  union {
    std::byte inlined_[inline_capacity];
    shared_bytes shared_;
  };
  std::uint8_t inline_size_;
  kind kind_;
};

} // namespace zmqrt
