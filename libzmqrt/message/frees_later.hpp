// SPDX-License-Identifier: MPL-2.0
//
// The application's free functions (frame::adopt) may call any verb, so none
// may run while a lock is held. Who drops messages under a lock has them
// called behind it. For one thread, as a local variable before the lock's.

#pragma once

namespace zmqrt {

struct adopted_slab;

/// While one is there, buffers of the application that this thread is the last
/// to drop are kept; they are freed when it ends, or the outermost does.
class frees_later {
public:
  frees_later() noexcept;
  ~frees_later();
  frees_later(const frees_later&) = delete;
  frees_later& operator=(const frees_later&) = delete;

  /// False: nobody keeps it, it is to be freed now.
  [[nodiscard]] static bool keeps(adopted_slab& gone) noexcept;

private:
  frees_later* const outer_;
  adopted_slab* first_ = nullptr;
  adopted_slab* last_ = nullptr;
};

} // namespace zmqrt
