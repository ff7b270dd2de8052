// SPDX-License-Identifier: MPL-2.0
//
// Slabs around memory that the application gave: a small pooled slab holds
// the header and how to free the bytes. Any thread.

#include <new>

#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt {

namespace {

struct adopted_slab : slab {
  adopted_slab(void* bytes, std::size_t size, dispose_fn dispose,
               void (*free_)(void*, void*), void* hint_, slab* home_) noexcept
    : slab(static_cast<std::byte*>(bytes), size, dispose, origin::foreign),
      free(free_), hint(hint_), home(home_) {
  }

  void (*free)(void*, void*);
  void* hint;
  slab* home; ///< the pooled slab that this object lies in
};

void drop_adopted(slab* unused) noexcept {
  auto* const gone = static_cast<adopted_slab*>(unused);
  if (gone->free != nullptr)
    gone->free(gone->data(), gone->hint);
  gone->home->unref();
}

} // namespace

slab_ref adopt_slab(void* data, std::size_t size, void (*free)(void*, void*),
                    void* hint) noexcept {
  slab* const home = shared_pool().take(sizeof(adopted_slab)).release();
  if (home == nullptr)
    return {};
  return slab_ref{new (home->data())
                    adopted_slab(data, size, drop_adopted, free, hint, home)};
}

} // namespace zmqrt
