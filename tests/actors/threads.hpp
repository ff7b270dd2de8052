// SPDX-License-Identifier: MPL-2.0
//
// Threads of the application that are at work in sockets when these end. Made
// and asked on the test's thread.

#pragma once

#include <algorithm>
#include <atomic>
#include <future>
#include <initializer_list>
#include <system_error>
#include <vector>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

class threads_inside {
public:
  /// A thread that is in `verb` until it fails: once, or again and again.
  template <class Verb>
  void add_once(Verb verb) {
    start([verb]() mutable { return code_of(verb); });
  }
  template <class Verb>
  void add_repeating(Verb verb) {
    start([verb]() mutable {
      for (;;)
        if (const auto why = code_of(verb))
          return why;
    });
  }

  /// How many are on their way into their verbs.
  [[nodiscard]] std::size_t started() const noexcept {
    return started_;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return threads_.size();
  }

  void require_all_end_with(std::initializer_list<errc> reasons) {
    for (auto& thread : threads_) {
      const auto why = thread.get();
      INFO(why.message());
      REQUIRE(std::find(reasons.begin(), reasons.end(), why) != reasons.end());
    }
  }

private:
  template <class Body>
  void start(Body body) {
    threads_.push_back(std::async(std::launch::async, [this, body]() mutable {
      ++started_;
      return body();
    }));
  }

  std::atomic<std::size_t> started_{0};
  std::vector<std::future<std::error_code>> threads_;
};

} // namespace zmqrt::test
