// SPDX-License-Identifier: MPL-2.0
//
// A buffer source for tests: plain heap slabs of exactly the size asked for,
// so that sanitizers see each overrun; runs dry on demand, counts what lives.

#pragma once

#include <cstddef>
#include <new>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt::test {

class heap_source final : public buffer_source {
public:
  slab_ref take(std::size_t capacity) noexcept override {
    if (left_ == 0)
      return {};
    --left_;
    auto* const bytes = new (std::nothrow) std::byte[capacity];
    return slab_ref{new (std::nothrow) heap_slab(bytes, capacity, live_)};
  }
  /// After this many more slabs there is no memory.
  void dry_after(std::size_t slabs) {
    left_ = slabs;
  }
  [[nodiscard]] int live() const {
    return live_;
  }

private:
  struct heap_slab : slab {
    heap_slab(std::byte* bytes, std::size_t capacity, int& count)
      : slab(bytes, capacity, &heap_slab::drop), live(count) {
      ++live;
    }
    static void drop(slab* gone) noexcept {
      auto* const self = static_cast<heap_slab*>(gone);
      --self->live;
      delete[] self->data();
      delete self;
    }
    int& live;
  };

  std::size_t left_ = static_cast<std::size_t>(-1);
  int live_ = 0;
};

} // namespace zmqrt::test
