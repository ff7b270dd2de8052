// SPDX-License-Identifier: MPL-2.0
//
// The slow paths of frame: bytes that do not fit inline. One frame belongs to
// one thread at a time; the slabs behind them are shared.

#include "zmqrt/frame.hpp"

#include <new>

#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt {

namespace {

slab_ref take_or_throw(std::size_t size) {
  slab_ref fresh = shared_pool().take(size);
  if (!fresh)
    throw std::bad_alloc{};
  return fresh;
}

} // namespace

frame frame::uninitialized(std::size_t size) {
  frame made;
  if (size <= inline_capacity) {
    made.set_inline_size(size);
    return made;
  }
  slab* fresh = take_or_throw(size).release();
  made.set_outside(kind::slab, {fresh, fresh->data(), size});
  return made;
}

frame frame::adopt(void* data, std::size_t size, free_function free,
                   void* hint) {
  slab* owner = adopt_slab(data, size, free, hint).release();
  if (owner == nullptr)
    throw std::bad_alloc{};
  frame made;
  made.set_outside(kind::slab,
                   {owner, static_cast<const std::byte*>(data), size});
  return made;
}

frame frame::literal(std::string_view text) noexcept {
  frame made;
  made.set_outside(
    kind::literal,
    {nullptr, reinterpret_cast<const std::byte*>(text.data()), text.size()});
  return made;
}

frame frame::share(const slab_ref& owner,
                   std::span<const std::byte> part) noexcept {
  frame made;
  if (part.size() <= inline_capacity && !(owner && owner->lent())) {
    made.assign_inline(part.data(), part.size());
  } else if (owner) {
    owner->ref();
    made.set_outside(kind::slab, {owner.get(), part.data(), part.size()});
  } else {
    made.set_outside(kind::literal, {nullptr, part.data(), part.size()});
  }
  return made;
}

std::span<std::byte> frame::writable() & {
  if (state_.kind == kind::inlined)
    return {state_.inlined, state_.inline_size};
  const outside_bytes where = outside();
  if (where.owner != nullptr && where.owner->unique()
      && !where.owner->foreign())
    return {const_cast<std::byte*>(where.data), where.size};
  *this = frame{std::span{where.data, where.size}};
  if (state_.kind == kind::inlined)
    return {state_.inlined, state_.inline_size};
  return {outside().owner->data(), where.size};
}

void frame::copy_to_slab(std::span<const std::byte> bytes) {
  slab* fresh = take_or_throw(bytes.size()).release();
  std::memcpy(fresh->data(), bytes.data(), bytes.size());
  set_outside(kind::slab, {fresh, fresh->data(), bytes.size()});
}

void frame::add_owner() const noexcept {
  outside().owner->ref();
}

void frame::release_owner() noexcept {
  outside().owner->unref();
}

} // namespace zmqrt
