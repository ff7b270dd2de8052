// SPDX-License-Identifier: MPL-2.0
//
// The simulation's slabs. See sim_buffers.hpp.

#include "transports/sim/sim_buffers.hpp"

#include <cstdlib>
#include <new>

namespace zmqrt::transports {

namespace {

void dispose(slab* gone) noexcept {
  gone->~slab();
  std::free(gone);
}

} // namespace

slab_ref sim_buffers::take(std::size_t capacity) noexcept {
  void* memory = std::malloc(sizeof(slab) + capacity);
  if (memory == nullptr)
    return {};
  ++taken_;
  auto* data = static_cast<std::byte*>(memory) + sizeof(slab);
  return slab_ref{new (memory) slab{data, capacity, dispose}};
}

} // namespace zmqrt::transports
