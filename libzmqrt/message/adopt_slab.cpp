// SPDX-License-Identifier: MPL-2.0
//
// Slabs around memory that the application gave: a small pooled slab holds
// the header and how to free the bytes. Any thread.

#include <new>
#include <utility>

#include "libzmqrt/message/frees_later.hpp"
#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt {

struct adopted_slab : slab {
  adopted_slab(void* bytes, std::size_t size, dispose_fn dispose,
               void (*free_)(void*, void*), void* hint_, slab* home_,
               origin from) noexcept
    : slab(static_cast<std::byte*>(bytes), size, dispose, from), free(free_),
      hint(hint_), home(home_) {
  }

  void (*free)(void*, void*);
  void* hint;
  slab* home;                   ///< the pooled slab that this object lies in
  adopted_slab* next = nullptr; ///< of those that are freed later
};

namespace {

constinit thread_local frees_later* keeper = nullptr;

void free_adopted(adopted_slab& gone) noexcept {
  if (gone.free != nullptr)
    gone.free(gone.data(), gone.hint);
  gone.home->unref();
}

void drop_adopted(slab* unused) noexcept {
  auto& gone = static_cast<adopted_slab&>(*unused);
  if (!frees_later::keeps(gone))
    free_adopted(gone);
}

} // namespace

frees_later::frees_later() noexcept : outer_(keeper) {
  if (outer_ == nullptr)
    keeper = this;
}

frees_later::~frees_later() {
  if (outer_ != nullptr)
    return;
  keeper = nullptr; // what they drop in turn goes at once
  while (first_ != nullptr)
    free_adopted(*std::exchange(first_, first_->next));
}

bool frees_later::keeps(adopted_slab& gone) noexcept {
  if (keeper == nullptr)
    return false;
  (keeper->last_ != nullptr ? keeper->last_->next : keeper->first_) = &gone;
  keeper->last_ = &gone;
  return true;
}

slab_ref adopt_slab(void* data, std::size_t size, void (*free)(void*, void*),
                    void* hint, slab::origin from) noexcept {
  slab* const home = shared_pool().take(sizeof(adopted_slab)).release();
  if (home == nullptr)
    return {};
  return slab_ref{new (home->data()) adopted_slab(data, size, drop_adopted,
                                                  free, hint, home, from)};
}

} // namespace zmqrt
