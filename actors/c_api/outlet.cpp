// SPDX-License-Identifier: MPL-2.0
//
// See outlet.hpp.

#include "actors/c_api/outlet.hpp"

#include <thread>
#include <utility>

#include "actors/gate/watcher.hpp"
#include "actors/handles/door_of.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

/// Whom the gate calls when there is room; it may be kept for longer.
class outlet::caller final : public actors::watcher {
public:
  void call() noexcept override {
    if (const auto home = to.lock())
      home->flush();
  }

  std::weak_ptr<outlet> to;
};

outlet::outlet(zmqrt::socket to)
  : handle_(std::move(to)), door_(actors::door_of(handle_)),
    caller_(std::make_shared<caller>()) {
}

outlet::~outlet() {
  door_->forget(*caller_);
}

std::shared_ptr<outlet> outlet::make(zmqrt::socket to) {
  std::shared_ptr<outlet> made{new outlet(std::move(to))};
  made->caller_->to = made;
  return made;
}

void outlet::push(message what) {
  {
    const std::lock_guard guard(mutex_);
    if (kept_.size() == most_kept)
      return;
    kept_.push_back(std::move(what));
  }
  flush();
}

void outlet::settle() const noexcept {
  while (told_.load() != 0)
    std::this_thread::yield();
}

void outlet::flush() {
  if (told_.fetch_add(1) != 0)
    return;
  unsigned seen = 0;
  do {
    seen = told_.load();
    send_kept();
  } while (told_.fetch_sub(seen) != seen);
}

void outlet::send_kept() {
  for (;;) {
    message next;
    {
      const std::lock_guard guard(mutex_);
      if (kept_.empty())
        return;
      next = kept_.front();
    }
    const auto why = door_->send(next, actors::patience::never());
    if (why == errc::again) {
      if (door_->poll(actors::poll_out, caller_) == 0)
        return;
      continue;
    }
    // It is sent; or it never will be.
    const std::lock_guard guard(mutex_);
    kept_.pop_front();
  }
}

} // namespace zmqrt::c_api
