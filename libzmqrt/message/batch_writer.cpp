// SPDX-License-Identifier: MPL-2.0
//
// Framing messages into a batch (RFC 23, "Framing"): what the inline path of
// batch_writer leaves. Under the lock of the batch's owner.

#include <algorithm>
#include <new>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/frame_octets.hpp"

namespace zmqrt {

namespace {

constexpr std::size_t min_capacity = 4096;
// Writing 64 to 256 KiB at a time is what the kernel does best.
constexpr std::size_t max_capacity = std::size_t{256} * 1024;

} // namespace

batch_writer::batch_writer(batch_writer&& other) noexcept
  : source_(other.source_), slab_(std::move(other.slab_)),
    cursor_(std::exchange(other.cursor_, nullptr)),
    end_(std::exchange(other.end_, nullptr)),
    copied_(std::exchange(other.copied_, 0)),
    next_capacity_(other.next_capacity_) {
}

batch_writer& batch_writer::operator=(batch_writer&& other) noexcept {
  source_ = other.source_;
  slab_ = std::move(other.slab_);
  cursor_ = std::exchange(other.cursor_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  copied_ = std::exchange(other.copied_, 0);
  next_capacity_ = other.next_capacity_;
  return *this;
}

// The room that was written to is not given back where memory is short: that is
// rare.

bool batch_writer::append(batch& to, const frame& part, bool more) {
  return to.all_or_nothing([&] { write(to, part, more); });
}

bool batch_writer::append_slowly(batch& to, std::span<const frame> front,
                                 const message& whole, std::size_t skip) {
  return to.all_or_nothing([&] {
    std::size_t left = front.size() + whole.size() - skip;
    for (const frame& part : front)
      write(to, part, --left != 0);
    for (std::size_t i = skip; i < whole.size(); ++i)
      write(to, whole[i], --left != 0);
    ++to.messages_;
  });
}

bool batch_writer::append_command(batch& to, std::string_view name,
                                  std::string_view data) {
  return to.all_or_nothing([&] {
    reserve(command_room(name, data));
    const std::size_t size = write_command(cursor_, name, data);
    to.append(slab_, cursor_, size);
    cursor_ += size;
    ++to.messages_;
  });
}

void batch_writer::write(batch& to, const frame& part, bool more) {
  const std::span body = part.bytes();
  const slab* const home = part.owner();
  const bool attached = body.size() >= attach_threshold
                        || (home != nullptr && home->lent() && !body.empty());
  reserve(longest_v2_header + (attached ? 0 : body.size()));
  std::byte* const start = cursor_;
  const std::uint8_t flags = more ? frame_flag_more : 0;
  std::size_t size = write_v2_header(start, flags, body.size());
  if (!attached && !body.empty()) {
    std::memcpy(start + size, body.data(), body.size());
    size += body.size();
  }
  to.append(slab_, start, size);
  cursor_ += size;
  if (!attached)
    return;
  slab_ref owner;
  if (slab* const shared = part.owner()) {
    shared->ref();
    owner = slab_ref{shared};
  }
  to.append({std::move(owner), body.data(), body.size()});
}

void batch_writer::reserve(std::size_t size) {
  if (left() >= size)
    return;
  slab_ref fresh = source_->take(std::max(size, next_capacity_));
  if (!fresh)
    throw std::bad_alloc{};
  next_capacity_ = std::min(2 * next_capacity_, max_capacity);
  if (slab_)
    copied_ += static_cast<std::size_t>(cursor_ - slab_->data());
  slab_ = std::move(fresh);
  cursor_ = slab_->data();
  end_ = cursor_ + slab_->capacity();
  prefetch_start_to_write(cursor_);
}

void batch_writer::restart(std::size_t last_bytes) noexcept {
  if (slab_)
    copied_ += static_cast<std::size_t>(cursor_ - slab_->data());
  // Some more, so that batches that grow slowly still fit.
  const std::size_t wanted = std::min(copied_, last_bytes) / 8 * 9;
  next_capacity_ = std::clamp(wanted, min_capacity, max_capacity);
  copied_ = 0;
  slab_ = {};
  cursor_ = nullptr;
  end_ = nullptr;
}

} // namespace zmqrt
