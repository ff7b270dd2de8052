// SPDX-License-Identifier: MPL-2.0
//
// A session without a connection: a thread that takes what one gate's pipe
// has, in pieces, and delivers it to another gate's. Stops reading when it is
// told to pause, as a real one.

#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/unit/gate/fixtures.hpp"

namespace zmqrt::test {

class fake_session {
public:
  fake_session(std::shared_ptr<gate> from, std::shared_ptr<gate> to)
    : from_(std::move(from)), to_(std::move(to)) {
    out_ = *from_->attach({bell_, nullptr, -1, -1});
    in_ = *to_->attach({bell_, nullptr, -1, -1});
    thread_ = std::thread([this] { run(); });
  }
  ~fake_session() {
    {
      const std::lock_guard guard(bell_->lock);
      bell_->stop = true;
    }
    bell_->ring();
    thread_.join();
  }

private:
  struct waking_bell final : actors::doorbell {
    void ring() noexcept override {
      {
        const std::lock_guard guard(lock);
        rung = true;
      }
      changed.notify_one();
    }
    std::mutex lock;
    std::condition_variable changed;
    bool rung = false;
    bool stop = false;
  };

  void run() {
    batch taken;
    for (;;) {
      {
        std::unique_lock guard(bell_->lock);
        bell_->changed.wait(guard, [&] { return bell_->rung || bell_->stop; });
        if (bell_->stop && !bell_->rung)
          return;
        bell_->rung = false;
        if (bell_->stop)
          return;
      }
      while (to_->wants_input(in_)) {
        from_->take(out_, taken);
        if (taken.empty())
          break;
        const auto messages = taken.messages();
        const auto bytes = taken.bytes();
        const bool go_on = to_->deliver(in_, taken);
        from_->accepted(out_, messages, bytes);
        if (!go_on)
          break;
      }
    }
  }

  std::shared_ptr<waking_bell> bell_ = std::make_shared<waking_bell>();
  std::shared_ptr<gate> from_;
  std::shared_ptr<gate> to_;
  pipe_id out_ = 0;
  pipe_id in_ = 0;
  std::thread thread_;
};

} // namespace zmqrt::test
