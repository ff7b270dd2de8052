// SPDX-License-Identifier: MPL-2.0
//
// Where the pool's blocks come from: large regions of address space, aligned
// for huge pages, cut from front to back without a lock. A page fault costs
// about 10 us on the machines this was measured on, one per 2 MiB instead of
// one per 4 KiB is the point. Any thread.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zmqrt::pool {

inline constexpr std::size_t huge_page = std::size_t{2} * 1024 * 1024;

/// Huge pages are cheap for what will all be written to. Of plain ones only
/// those take memory that are, also where the system is set to give huge
/// pages unasked.
enum class page_kind : std::uint8_t { huge, plain };

/// Address space from the system, aligned to `alignment` (a power of two that
/// pages divide). Null when there is none.
[[nodiscard]] std::byte* map_memory(std::size_t size, std::size_t alignment,
                                    page_kind pages) noexcept;
/// Makes a mapping of its own larger, by huge pages; its bytes stay, without
/// being copied, but may move. Null when there is no memory, and the mapping
/// is as it was.
[[nodiscard]] std::byte* grow_memory(std::byte* at, std::size_t size,
                                     std::size_t wanted) noexcept;
void unmap_memory(std::byte* at, std::size_t size) noexcept;

/// Makes whole pages present, all in one call. A hint.
void prefault(std::byte* at, std::size_t size) noexcept;
/// Gives the whole pages back, and keeps their addresses.
void give_back(std::byte* at, std::size_t size) noexcept;

/// Cuts blocks off regions of `region_size` bytes (a power of two, at least
/// huge_page). What was cut is never returned.
class region_cutter {
public:
  constexpr region_cutter(std::size_t region_size, page_kind pages) noexcept
    : region_size_(region_size), pages_(pages) {
  }

  /// `size` bytes, a multiple of 64; at most the region's size. Null when
  /// there is no memory.
  [[nodiscard]] std::byte* cut(std::size_t size) noexcept;

private:
  const std::size_t region_size_;
  const page_kind pages_;
  /// The first free address; none where it is a multiple of the region's
  /// size (then the region is used up).
  std::atomic<std::uintptr_t> free_{0};
};

} // namespace zmqrt::pool
