// SPDX-License-Identifier: MPL-2.0
//
// Frames put together from pieces. See the header.

#include "libzmqrt/wire/assembly.hpp"

#include <algorithm>
#include <cstring>

namespace zmqrt::wire {

namespace {

/// Room for some fifty headers, so that they cost one slab in fifty frames.
constexpr std::size_t header_slab_size = 512;

} // namespace

bool assembly::begin(std::span<const std::byte> header,
                     std::uint64_t body) noexcept {
  const bool apart = body >= attach_threshold;
  const std::size_t total = body + (apart ? 0 : header.size());
  claim fresh = source_->take_claimed(total, first_room);
  if (!fresh.memory)
    return false;
  if (apart) {
    if (!place_header(header))
      return false;
  } else {
    header_size_ = 0;
    std::memcpy(fresh.memory->data(), header.data(), header.size());
  }
  claim_ = std::move(fresh);
  body_at_ = filled_ = apart ? 0 : header.size();
  return true;
}

bool assembly::place_header(std::span<const std::byte> header) noexcept {
  if (!headers_ || headers_->capacity() - headers_used_ < header.size()) {
    headers_ = source_->take(header_slab_size);
    headers_used_ = 0;
    if (!headers_)
      return false;
  }
  std::memcpy(headers_->data() + headers_used_, header.data(), header.size());
  headers_used_ += header.size();
  header_size_ = header.size();
  return true;
}

bool assembly::fill(std::span<const std::byte>& bytes) noexcept {
  while (filling() && !bytes.empty()) {
    const std::span<std::byte> to = room();
    const std::size_t size = std::min(bytes.size(), to.size());
    std::memcpy(to.data(), bytes.data(), size);
    bytes = bytes.subspan(size);
    if (!written(size))
      return false;
  }
  return true;
}

bool assembly::written(std::size_t size) noexcept {
  filled_ += size;
  if (filled_ < claim_.room || !filling())
    return true;
  return source_->grow_claimed(claim_, std::min(2 * filled_, claim_.size));
}

void assembly::take(batch& to) {
  if (header_size_ != 0)
    to.append(headers_, headers_->data() + headers_used_ - header_size_,
              header_size_);
  to.append(claim_.memory, claim_.memory->data(), claim_.size);
  drop();
}

void assembly::drop() noexcept {
  claim_ = {};
  filled_ = body_at_ = header_size_ = 0;
}

} // namespace zmqrt::wire
