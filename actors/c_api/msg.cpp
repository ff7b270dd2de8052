// SPDX-License-Identifier: MPL-2.0
//
// See msg.hpp. The functions of zmq_msg_init(3) and its kin are in
// zmq_msg.cpp.

#include "actors/c_api/msg.hpp"

#include <cstring>
#include <new>
#include <utility>

#include "actors/c_api/lent_memory.hpp"
#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt::c_api {

namespace {

constexpr std::uint8_t is_message = 0xa7;
constexpr std::uint8_t is_none = 0;
/// A larger slab would be kept for too little.
constexpr std::size_t most_reused = 256;

} // namespace

msg::msg() noexcept : mark_(is_message) {
}

msg* msg::of(zmq_msg_t* from) noexcept {
  auto* const found = reinterpret_cast<msg*>(from);
  return found != nullptr && found->mark_ == is_message ? found : nullptr;
}

const msg* msg::of(const zmq_msg_t* from) noexcept {
  const auto* const found = reinterpret_cast<const msg*>(from);
  return found != nullptr && found->mark_ == is_message ? found : nullptr;
}

msg& msg::init(zmq_msg_t* in) noexcept {
  return *new (in) msg;
}

void msg::close() noexcept {
  drop();
  mark_ = is_none;
  this->~msg();
}

void msg::drop() noexcept {
  if (where_ == where::slab)
    bytes_.outside.owner->unref();
  where_ = where::inlined;
  inline_size_ = 0;
}

void msg::clear() noexcept {
  drop();
  properties_.reset();
  group_.reset();
  routing_id_ = 0;
  more_ = false;
}

// -- payload ------------------------------------------------------------------

bool msg::allocate(std::size_t size) noexcept {
  if (size <= inline_capacity) {
    inline_size_ = static_cast<std::uint8_t>(size);
    return true;
  }
  slab* const fresh = shared_pool().take(size).release();
  if (fresh == nullptr)
    return false;
  bytes_.outside = {fresh, fresh->data(), size};
  where_ = where::slab;
  return true;
}

bool msg::adopt(void* data, std::size_t size, frame::free_function free,
                void* hint) noexcept {
  auto* const begin = static_cast<std::byte*>(data);
  if (free == nullptr) {
    bytes_.outside = {nullptr, begin, size};
    where_ = where::constant;
    return true;
  }
  slab* const owner = lend(data, size, free, hint).release();
  if (owner == nullptr)
    return false;
  bytes_.outside = {owner, begin, size};
  where_ = where::slab;
  return true;
}

void msg::take(message& from, bool more) {
  frame& part = from[0];
  if (!from.group().empty())
    set_group(from.group());
  else if (group_) [[unlikely]]
    group_.reset();
  if (part.owner() == nullptr) {
    assign(part.bytes());
  } else {
    drop();
    slab* const owner = part.owner();
    owner->ref();
    // Whoever writes to what it received writes to bytes that are its own.
    bytes_.outside = {owner, const_cast<std::byte*>(part.data()), part.size()};
    where_ = where::slab;
    part = frame{};
  }
  if (properties_ != from.properties()) [[unlikely]]
    properties_ = from.properties();
  routing_id_ = from.routing_id();
  more_ = more;
}

void msg::assign(std::span<const std::byte> bytes) {
  const std::size_t size = bytes.size();
  if (size <= inline_capacity) {
    drop();
    std::memcpy(bytes_.inlined, bytes.data(), size);
    inline_size_ = static_cast<std::uint8_t>(size);
    return;
  }
  // What the last one of about this size left serves again.
  const bool fits = where_ == where::slab && bytes_.outside.owner->unique()
                    && !bytes_.outside.owner->foreign()
                    && bytes_.outside.owner->capacity() >= size
                    && bytes_.outside.owner->capacity() <= most_reused;
  if (!fits) {
    slab_ref fresh = shared_pool().take(size);
    if (!fresh)
      throw std::bad_alloc{};
    drop();
    bytes_.outside.owner = fresh.release();
    where_ = where::slab;
  }
  bytes_.outside.data = bytes_.outside.owner->data();
  bytes_.outside.size = size;
  std::memcpy(bytes_.outside.data, bytes.data(), size);
}

void msg::copy(const msg& from) {
  if (this == &from)
    return;
  if (from.group_)
    set_group(from.group());
  else
    group_.reset();
  if (from.where_ == where::slab)
    from.bytes_.outside.owner->ref();
  drop();
  std::memcpy(&bytes_, &from.bytes_, sizeof bytes_);
  where_ = from.where_;
  inline_size_ = from.inline_size_;
  properties_ = from.properties_;
  routing_id_ = from.routing_id_;
  more_ = from.more_;
}

void msg::move(msg& from) noexcept {
  if (this == &from)
    return;
  drop();
  std::memcpy(&bytes_, &from.bytes_, sizeof bytes_);
  where_ = std::exchange(from.where_, where::inlined);
  inline_size_ = std::exchange(from.inline_size_, std::uint8_t{0});
  properties_ = std::move(from.properties_);
  group_ = std::move(from.group_);
  routing_id_ = from.routing_id_;
  more_ = from.more_;
  from.clear();
}

frame msg::to_frame() const noexcept {
  if (where_ == where::slab) {
    bytes_.outside.owner->ref();
    return frame::share(slab_ref{bytes_.outside.owner}, bytes());
  }
  if (where_ == where::inlined)
    return frame{bytes()};
  return frame::literal(
    {reinterpret_cast<const char*>(bytes_.outside.data), bytes_.outside.size});
}

// -- what came with it
// ---------------------------------------------------------

bool msg::shared() const noexcept {
  return where_ == where::constant
         || (where_ == where::slab && !bytes_.outside.owner->unique());
}

const char* msg::property(const char* name) const noexcept {
  const std::string* const found =
    properties_ ? properties_->find(name) : nullptr;
  return found != nullptr ? found->c_str() : nullptr;
}

void msg::set_group(std::string_view name) {
  auto fresh = std::make_unique<char[]>(name.size() + 1);
  std::memcpy(fresh.get(), name.data(), name.size());
  group_ = std::move(fresh);
}

} // namespace zmqrt::c_api
