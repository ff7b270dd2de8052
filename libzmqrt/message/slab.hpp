// SPDX-License-Identifier: MPL-2.0
//
// A slab is a reference-counted piece of memory: pooled, or adopted from the
// application. Whoever holds a slab_ref may read the bytes that were written
// before the reference was handed over; only the one writer that took the
// slab from its source writes, and only behind what it has handed out.
// Reference counts are thread-safe, everything else belongs to the holder.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace zmqrt {

class slab {
public:
  /// Called once, by whichever thread drops the last reference.
  using dispose_fn = void (*)(slab*) noexcept;

  /// Whose memory it is: `foreign` memory is never written to, nor is `lent`
  /// memory, which its owner is waiting for: it is not copied to be given back
  /// early, however small it is.
  enum class origin : std::uint8_t { own, foreign, lent };

  slab(std::byte* data, std::size_t capacity, dispose_fn dispose,
       origin from = origin::own) noexcept
    : origin_(from), dispose_(dispose), data_(data), capacity_(capacity) {
  }
  slab(const slab&) = delete;
  slab& operator=(const slab&) = delete;

  [[nodiscard]] std::byte* data() const noexcept {
    return data_;
  }
  [[nodiscard]] std::size_t capacity() const noexcept {
    return capacity_;
  }
  [[nodiscard]] bool foreign() const noexcept {
    return origin_ != origin::own;
  }
  [[nodiscard]] bool lent() const noexcept {
    return origin_ == origin::lent;
  }
  /// For sources: tells their own slabs from others.
  [[nodiscard]] bool disposed_by(dispose_fn how) const noexcept {
    return dispose_ == how;
  }
  [[nodiscard]] bool unique() const noexcept {
    return refs_.load(std::memory_order_acquire) == 1;
  }
  void ref() noexcept {
    refs_.fetch_add(1, std::memory_order_relaxed);
  }
  void unref() noexcept {
    // A sole holder needs no read-modify-write: nobody else can add one.
    if (unique() || refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      dispose_(this);
  }

  /// For sources that hand the same slab out again.
  void reset_refs() noexcept {
    refs_.store(1, std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint32_t> refs_{1};
  origin origin_;
  dispose_fn dispose_;
  std::byte* data_;
  std::size_t capacity_;
};

/// Shares a slab. Adopts the reference that a new slab starts with.
class slab_ref {
public:
  slab_ref() noexcept = default;
  explicit slab_ref(slab* fresh) noexcept : ptr_(fresh) {
  }
  slab_ref(const slab_ref& other) noexcept : ptr_(other.ptr_) {
    if (ptr_ != nullptr)
      ptr_->ref();
  }
  slab_ref(slab_ref&& other) noexcept
    : ptr_(std::exchange(other.ptr_, nullptr)) {
  }
  slab_ref& operator=(slab_ref other) noexcept {
    std::swap(ptr_, other.ptr_);
    return *this;
  }
  ~slab_ref() {
    if (ptr_ != nullptr)
      ptr_->unref();
  }

  [[nodiscard]] slab* get() const noexcept {
    return ptr_;
  }
  slab* operator->() const noexcept {
    return ptr_;
  }
  explicit operator bool() const noexcept {
    return ptr_ != nullptr;
  }
  /// Gives the reference away; the caller owes an unref().
  [[nodiscard]] slab* release() noexcept {
    return std::exchange(ptr_, nullptr);
  }
  friend bool operator==(const slab_ref& a, const slab_ref& b) noexcept {
    return a.ptr_ == b.ptr_;
  }

private:
  slab* ptr_ = nullptr;
};

/// Memory for bytes that a peer has announced, while they arrive. Its holder
/// is the only one until they are all there.
struct claim {
  slab_ref memory;
  std::size_t room = 0; ///< bytes of it that may be written to so far
  std::size_t size = 0; ///< bytes announced
};

/// Where pure code gets memory from (a pool, in production).
class buffer_source {
public:
  virtual ~buffer_source() = default;

  /// Answers a slab of at least `capacity` bytes, contents undefined; an
  /// empty reference when there is no memory. Never throws.
  [[nodiscard]] virtual slab_ref take(std::size_t capacity) noexcept = 0;

  /// Begins memory for `size` bytes of which only the announcement is there:
  /// room for `first` of them, for more where more lies ready. Fresh memory
  /// costs no more than its room, whatever `size` says. Without memory when
  /// there is none. Never throws.
  [[nodiscard]] virtual claim take_claimed(std::size_t size,
                                           std::size_t first) noexcept;
  /// Makes room for at least `wanted` bytes, at most those announced; what
  /// was written stays, but may move. False: no memory, nothing has changed.
  [[nodiscard]] virtual bool grow_claimed(claim& what,
                                          std::size_t wanted) noexcept;
};

} // namespace zmqrt
