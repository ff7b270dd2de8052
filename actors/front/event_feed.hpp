// SPDX-License-Identifier: MPL-2.0
//
// The events of a socket on their way to an actor: from a bounded queue, under
// credit. So a slow actor's mailbox is bounded too, and what it misses is
// counted.

#pragma once

#include <cstdint>
#include <memory>

#include "actors/front/credit_line.hpp"
#include "actors/monitor/event_queue.hpp"
#include "zmqrt/actors/verbs.hpp"

namespace zmqrt::actors {

struct event_feed {
  std::uint64_t number = 0; ///< never used again
  event_receiver to;
  std::shared_ptr<event_queue> queue;
  credit_line credit{64};
  bool over = false; ///< monitor_stopped is told
};

} // namespace zmqrt::actors
