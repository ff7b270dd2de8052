// SPDX-License-Identifier: MPL-2.0
//
// The buffers of a ring. See receive_buffers.hpp.

#include "transports/ring/receive_buffers.hpp"

#include <utility>

#include <sys/mman.h>

#include "transports/posix/receive_slab.hpp"

namespace zmqrt::transports {

namespace {

constexpr unsigned page_bytes = 4096;

std::size_t table_bytes(std::size_t count) noexcept {
  const auto raw = count * sizeof(io_uring_buf);
  return (raw + page_bytes - 1) / page_bytes * page_bytes;
}

} // namespace

receive_buffers::receive_buffers(io_uring& ring, buffer_source& source,
                                 std::uint16_t group, std::size_t count,
                                 std::size_t size)
  : source_(source), group_(group), size_(size), slabs_(count),
    missing_(count) {
  auto* memory = mmap(nullptr, table_bytes(count), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return;
  io_uring_buf_reg wanted{};
  wanted.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
  wanted.ring_entries = static_cast<std::uint32_t>(count);
  wanted.bgid = group;
  if (io_uring_register_buf_ring(&ring, &wanted, 0) != 0) {
    munmap(memory, table_bytes(count));
    return;
  }
  table_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_ring_init(table_);
  (void)refill();
}

receive_buffers::~receive_buffers() {
  if (table_ != nullptr)
    munmap(table_, table_bytes(slabs_.size()));
}

slab_ref receive_buffers::take(std::uint16_t id, std::size_t count) noexcept {
  auto out = hand_up(source_, slabs_[id], count);
  if (!slabs_[id])
    slabs_[id] = source_.take(size_);
  put_back(id);
  return out;
}

void receive_buffers::put_back(std::uint16_t id) noexcept {
  if (slabs_[id])
    provide(id);
  else
    ++missing_;
}

bool receive_buffers::refill() noexcept {
  for (std::size_t id = 0; id < slabs_.size() && missing_ > 0; ++id) {
    if (slabs_[id])
      continue;
    slabs_[id] = source_.take(size_);
    if (!slabs_[id])
      break;
    --missing_;
    provide(static_cast<std::uint16_t>(id));
  }
  return missing_ < slabs_.size();
}

void receive_buffers::provide(std::uint16_t id) noexcept {
  const auto mask = static_cast<int>(slabs_.size()) - 1;
  io_uring_buf_ring_add(table_, slabs_[id]->data(),
                        static_cast<unsigned>(size_), id, mask, 0);
  io_uring_buf_ring_advance(table_, 1);
}

} // namespace zmqrt::transports
