// SPDX-License-Identifier: MPL-2.0
//
// The description of one write: what the kernel reads of it must stay until
// the write is submitted, so a stream borrows one while it sends, and an idle
// one holds none. Belongs to the loop's thread.

#pragma once

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

namespace zmqrt::transports {

struct write_parts {
  msghdr header{};
  std::array<iovec, 64> parts;
};

class write_parts_pool {
public:
  [[nodiscard]] std::unique_ptr<write_parts> take() {
    if (free_.empty())
      return std::make_unique<write_parts>();
    auto out = std::move(free_.back());
    free_.pop_back();
    return out;
  }

  void give(std::unique_ptr<write_parts> back) {
    if (free_.size() < kept)
      free_.push_back(std::move(back));
  }

private:
  static constexpr std::size_t kept = 64;

  std::vector<std::unique_ptr<write_parts>> free_;
};

} // namespace zmqrt::transports
