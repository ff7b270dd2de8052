// SPDX-License-Identifier: MPL-2.0
//
// The threads that look names up. See name_resolver.hpp.

#include "transports/posix/name_resolver.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

#include "transports/posix/lookup.hpp"
#include "transports/posix/signals_blocked.hpp"

namespace zmqrt::transports {

namespace {

using addresses = std::vector<address>;

/// One resolution; shared by its handle, the helper thread and the queue. The
/// callback is touched by the reactor's thread alone.
class pending final : public task,
                      public std::enable_shared_from_this<pending> {
public:
  pending(std::shared_ptr<task_queue> tasks, resolve_query query,
          resolve_callback then)
    : tasks_(std::move(tasks)), query_(std::move(query)),
      then_(std::move(then)) {
  }

  [[nodiscard]] const resolve_query& query() const noexcept {
    return query_;
  }

  /// From any thread, once.
  void answer(result<addresses> found) noexcept {
    answer_.emplace(std::move(found));
    tasks_->post(shared_from_this());
  }

  void run() noexcept override {
    auto then = std::exchange(then_, nullptr);
    if (then)
      then(std::move(*answer_));
  }

  void drop() noexcept {
    then_ = nullptr;
    dropped_.store(true, std::memory_order_relaxed);
  }
  /// From any thread: nobody waits for it any more.
  [[nodiscard]] bool dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

private:
  std::shared_ptr<task_queue> tasks_;
  resolve_query query_;
  resolve_callback then_;
  std::optional<result<addresses>> answer_;
  std::atomic<bool> dropped_{false};
};

class handle final : public resolution {
public:
  explicit handle(std::shared_ptr<pending> of) noexcept : of_(std::move(of)) {
  }
  ~handle() override {
    of_->drop();
  }

private:
  std::shared_ptr<pending> of_;
};

class lookup_pool {
public:
  lookup_pool() {
    running_.reserve(lookup_threads);
  }

  /// Never destroyed: its threads may outlive main().
  static lookup_pool& instance() {
    static auto* const only = new lookup_pool;
    return *only;
  }

  void replace(lookup_function lookup) {
    const std::lock_guard guard{mutex_};
    lookup_ = std::move(lookup);
  }

  void add(const std::shared_ptr<pending>& work) {
    {
      const std::lock_guard guard{mutex_};
      if (threads_ == lookup_threads || !may_run(*work)) {
        if (queue_.size() == lookup_queue)
          std::erase_if(queue_,
                        [](const auto& each) { return each->dropped(); });
        if (queue_.size() < lookup_queue) {
          queue_.push_back(work);
          return;
        }
      } else if (start_thread(work)) {
        ++threads_;
        running_.push_back(work.get());
        return;
      }
    }
    work->answer(failure{make_error_code(errc::again),
                         "too many names are being resolved"});
  }

private:
  bool start_thread(const std::shared_ptr<pending>& work) {
    const signals_blocked from_now_on;
    try {
      std::thread{[this, first = work]() mutable {
        pthread_setname_np(pthread_self(), "zmqrt-resolve");
        serve(std::move(first));
      }}.detach();
      return true;
    } catch (...) { // no thread, or no memory for one
      return false;
    }
  }

  void serve(std::shared_ptr<pending> work) noexcept {
    while (work) {
      work->answer(look_up(work->query()));
      work = next_after(*work);
    }
  }

  /// An exception here would end the process: nobody is above.
  result<addresses> look_up(const resolve_query& query) noexcept {
    try {
      lookup_function lookup;
      {
        const std::lock_guard guard{mutex_};
        lookup = lookup_;
      }
      return lookup ? lookup(query) : lookup_name(query);
    } catch (...) {
      return errc::no_memory;
    }
  }

  /// Whether another lookup of this name may be at work.
  [[nodiscard]] bool may_run(const pending& work) const noexcept {
    return std::count_if(running_.begin(), running_.end(),
                         [&](const pending* each) {
                           return each->query().host == work.query().host;
                         })
           < static_cast<std::ptrdiff_t>(lookups_per_name);
  }

  /// Null: there is none, and the thread has left the pool.
  std::shared_ptr<pending> next_after(const pending& done) noexcept {
    const std::lock_guard guard{mutex_};
    std::erase(running_, &done);
    std::erase_if(queue_, [](const auto& each) { return each->dropped(); });
    const auto found =
      std::find_if(queue_.begin(), queue_.end(),
                   [this](const auto& each) { return may_run(*each); });
    if (found == queue_.end()) {
      --threads_;
      return nullptr;
    }
    auto out = std::move(*found);
    queue_.erase(found);
    running_.push_back(out.get());
    return out;
  }

  std::mutex mutex_;
  std::deque<std::shared_ptr<pending>> queue_;
  std::vector<const pending*> running_; // one for each thread; never grows
  std::size_t threads_ = 0;
  lookup_function lookup_;
};

} // namespace

void replace_lookup(lookup_function lookup) {
  lookup_pool::instance().replace(std::move(lookup));
}

std::unique_ptr<resolution>
start_resolution(const std::shared_ptr<task_queue>& tasks,
                 const resolve_query& query, resolve_callback then) {
  auto work = std::make_shared<pending>(tasks, query, std::move(then));
  auto out = std::make_unique<handle>(work);
  if (auto numeric = lookup_numeric(query))
    work->answer(std::move(*numeric));
  else
    lookup_pool::instance().add(work);
  return out;
}

} // namespace zmqrt::transports
