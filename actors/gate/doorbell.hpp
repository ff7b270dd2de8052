// SPDX-License-Identifier: MPL-2.0
//
// The one method by which a gate wakes whoever serves a pipe (a session by
// way of its reactor; the other end of an inproc link). So gate, wake-up and
// pools can be tested without CAF.

#pragma once

namespace zmqrt::actors {

class doorbell {
public:
  virtual ~doorbell() = default;

  /// The pipe's outbox is no longer empty, or its inbox has room again. Any
  /// thread; never under the gate's lock; cheap when nobody sleeps.
  virtual void ring() noexcept = 0;
};

} // namespace zmqrt::actors
