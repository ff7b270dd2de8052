// SPDX-License-Identifier: MPL-2.0
//
// See receivers.hpp.

#include "actors/front/receivers.hpp"

#include <algorithm>

#include "actors/caf_compat.hpp"

namespace zmqrt::actors {

bool receivers::set(const caf::actor& who, std::size_t most,
                    std::size_t credit) {
  for (auto& each : all_) {
    if (!same_actor(each.to.address(), who.address()))
      continue;
    each.most = most;
    each.credit.set_limit(credit);
    return false;
  }
  all_.push_back({++last_, who, caf::actor_cast<message_receiver>(who),
                  caf::actor_cast<batch_receiver>(who), most,
                  credit_line{credit}});
  return true;
}

bool receivers::remove(const caf::actor_addr& who) {
  return std::erase_if(
           all_,
           [&](const auto& each) { return same_actor(each.to.address(), who); })
         != 0;
}

receiver* receivers::next() noexcept {
  for (std::size_t tried = 0; tried < all_.size(); ++tried) {
    turn_ %= all_.size();
    if (all_[turn_].credit.left() != 0)
      return &all_[turn_];
    ++turn_;
  }
  return nullptr;
}

bool receivers::any_credit() const noexcept {
  return std::any_of(all_.begin(), all_.end(),
                     [](const auto& each) { return each.credit.left() != 0; });
}

bool receivers::has(const caf::actor_addr& who) const noexcept {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& each) {
    return same_actor(each.to.address(), who);
  });
}

receiver* receivers::find(std::uint64_t number) noexcept {
  const auto at =
    std::find_if(all_.begin(), all_.end(),
                 [number](const auto& each) { return each.number == number; });
  return at != all_.end() ? &*at : nullptr;
}

} // namespace zmqrt::actors
