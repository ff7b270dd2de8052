// SPDX-License-Identifier: MPL-2.0
//
// Many subscriptions: what they take, and what publishing among them costs. A
// SUB on inproc subscribes to `topics` topics of `size` characters at an XPUB.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace zmqrt::bench {

struct topics_plan {
  std::string impl = "zmqrt";
  std::size_t topics = 1'000'000;
  std::size_t size = 20;
  std::uint64_t count = 1'000'000; ///< messages of each kind
};

struct topics_result {
  double subscribe_per_s = 0; ///< until the publisher has said so
  double bytes_per_topic = 0; ///< resident memory, both sides
  double match_per_s = 0;     ///< messages that one topic matches, sent
  double miss_per_s = 0;      ///< messages that nobody wants, sent
};

/// Throws std::exception where something fails.
[[nodiscard]] topics_result measure_topics(const topics_plan& what);

} // namespace zmqrt::bench
