// SPDX-License-Identifier: MPL-2.0
//
// See parallel_requests.hpp.

#include "actors/front/parallel_requests.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "actors/caf_compat.hpp"
#include "actors/front/errors.hpp"
#include "zmqrt/actors/verbs.hpp"

namespace zmqrt::actors {

namespace {

/// The sign, and the number.
using envelope = std::array<std::uint64_t, 2>;

} // namespace

std::uint64_t parallel_requests::begin(message& what,
                                       std::optional<time_point> deadline,
                                       const caf::actor_addr& asker,
                                       caf::response_promise reply) {
  while (waiting_.size() >= most_)
    refuse(waiting_.begin()->first, make_error_code(errc::timed_out));
  const envelope front{sign_, ++last_};
  what.push_front(frame{std::string_view{}});
  what.push_front(frame{std::as_bytes(std::span{front})});
  waiting_.emplace(last_, waiting{deadline, asker, std::move(reply)});
  if (deadline)
    due_.emplace(*deadline, last_);
  return last_;
}

void parallel_requests::refuse(std::uint64_t number, std::error_code why) {
  const auto at = waiting_.find(number);
  if (at == waiting_.end())
    return;
  at->second.reply.deliver(as_caf_error(why, "request"));
  erase(at);
}

void parallel_requests::forget(const caf::actor_addr& ended) {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto which = at++;
    if (same_actor(which->second.asker, ended))
      erase(which);
  }
}

void parallel_requests::erase(
  std::map<std::uint64_t, waiting>::iterator which) {
  if (which->second.deadline)
    due_.erase({*which->second.deadline, which->first});
  waiting_.erase(which);
}

bool parallel_requests::claim(message& came) {
  envelope front{};
  if (came.size() < 3 || came[0].size() != sizeof front || came[1].size() != 0)
    return false;
  std::memcpy(front.data(), came[0].view().data(), sizeof front);
  if (front[0] != sign_)
    return false;
  const auto at = waiting_.find(front[1]);
  if (at == waiting_.end())
    return true;
  came.pop_front();
  came.pop_front();
  at->second.reply.deliver(std::move(came));
  erase(at);
  return true;
}

void parallel_requests::expire(time_point now) {
  while (!due_.empty() && due_.begin()->first <= now)
    refuse(due_.begin()->second, make_error_code(errc::timed_out));
}

void parallel_requests::fail(std::error_code why) {
  while (!waiting_.empty())
    refuse(waiting_.begin()->first, why);
}

} // namespace zmqrt::actors
