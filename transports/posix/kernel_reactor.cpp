// SPDX-License-Identifier: MPL-2.0
//
// The turn of the loop. See kernel_reactor.hpp.

#include "transports/posix/kernel_reactor.hpp"

#include <cerrno>
#include <new>

#include <sys/random.h>

#include "libzmqrt/message/slab_pool.hpp"
#include "transports/posix/lookup.hpp"
#include "transports/posix/name_resolver.hpp"

namespace zmqrt::transports {

namespace {

thread_local const reactor* current = nullptr;

time_point clock_now() noexcept {
  return std::chrono::steady_clock::now();
}

} // namespace

kernel_reactor::kernel_reactor() : tasks_(std::make_shared<task_queue>()) {
}

kernel_reactor::~kernel_reactor() {
  tasks_->close();
}

void kernel_reactor::post(std::shared_ptr<task> work) noexcept {
  tasks_->post(std::move(work));
}

void kernel_reactor::stop() {
  tasks_->stop();
}

bool kernel_reactor::is_current() const noexcept {
  return current == this;
}

void kernel_reactor::run() {
  const auto* before = std::exchange(current, this);
  on_run();
  for (;;) {
    ++turns_;
    now_ = clock_now();
    if (!run_tasks())
      break;
    fire_timers();
    deferred_.run(
      [this](deferred_call& owed) { guard([&] { owed.on_deferred(); }); });
    breather_.end_turn();
    patience limit;
    limit.deadline = timers_.next();
    limit.none = !deferred_.empty() || !tasks_->prepare_sleep();
    wait(limit);
    if (!limit.none)
      tasks_->end_sleep();
    now_ = clock_now();
    dispatch();
  }
  on_rest();
  now_ = {};
  current = before;
}

time_point kernel_reactor::now() const noexcept {
  return now_ == time_point{} ? clock_now() : now_;
}

void kernel_reactor::arm(timer& which, time_point when) {
  timers_.arm(which, when);
}

void kernel_reactor::disarm(timer& which) {
  timers_.disarm(which);
}

std::uint64_t kernel_reactor::random() noexcept {
  if (random_left_ == 0) {
    // Up to 256 bytes come whole and uninterrupted once the kernel is seeded
    // (getrandom(2)).
    while (getrandom(random_.data(), sizeof(random_), 0) < 0
           && errno == EINTR) {
    }
    random_left_ = random_.size();
  }
  return random_[--random_left_];
}

buffer_source& kernel_reactor::buffers() noexcept {
  return shared_pool();
}

std::unique_ptr<resolution> kernel_reactor::resolve(const resolve_query& query,
                                                    resolve_callback then) {
  auto guarded = [this, then = std::move(then)](auto found) {
    guard([&] { then(std::move(found)); });
  };
  return start_resolution(tasks_, query, std::move(guarded));
}

result<std::vector<address>>
kernel_reactor::resolve_here(const resolve_query& query) {
  return lookup_here(query);
}

result<std::unique_ptr<datagram>>
kernel_reactor::open_datagram(const address& where,
                              const datagram_options& options) {
  auto opened = datagram_socket::open(where, options);
  if (!opened)
    return opened.why();
  if (datagram_scratch_ == nullptr) {
    try {
      datagram_scratch_ = std::make_unique<datagram_scratch>();
    } catch (const std::bad_alloc&) {
      return make_error_code(errc::no_memory);
    }
  }
  return serve(std::move(*opened), *datagram_scratch_);
}

bool kernel_reactor::run_tasks() noexcept {
  tasks_->take(running_);
  while (const auto each = running_.tasks.next())
    each->run();
  return !running_.stop;
}

void kernel_reactor::fire_timers() noexcept {
  const auto due = [this] {
    const auto next = timers_.next();
    return next && *next <= now_;
  };
  while (due()) {
    bool whole = false;
    guard([&] {
      timers_.fire(now_);
      whole = true;
    });
    if (whole)
      break; // what the callbacks armed for now waits for the next turn
  }
}

void kernel_reactor::tell_exception() noexcept {
  if (!on_exception_)
    return;
  try {
    on_exception_(std::current_exception());
  } catch (...) { // whoever is told has no one to tell
  }
}

} // namespace zmqrt::transports
