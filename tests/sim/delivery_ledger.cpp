// SPDX-License-Identifier: MPL-2.0
//
// The property check. See delivery_ledger.hpp.

#include "tests/sim/delivery_ledger.hpp"

#include <algorithm>

#include "tests/sim/delivery_plan.hpp"

namespace zmqrt::sim_test {

namespace {

std::string describe(std::size_t sender, std::uint32_t number) {
  return "message " + std::to_string(number) + " of node "
         + std::to_string(sender);
}

bool equal(const message& a, const message& b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].view() != b[i].view())
      return false;
  return true;
}

} // namespace

void delivery_ledger::arrive(std::size_t receiver, const message& what) {
  const std::string at = " at node " + std::to_string(receiver);
  const auto name = read_name(what);
  if (!name || name->sender >= accepted_.size()) {
    violations_.push_back("an unknown message arrived" + at);
    return;
  }
  const std::size_t sender = name->sender;
  const std::string which = describe(sender, name->number);
  if (name->number >= accepted_[sender]) {
    violations_.push_back(which + " arrived" + at + ", but was not accepted");
    return;
  }
  if (!equal(what, make_message(seed_, name->sender, name->number)))
    violations_.push_back(which + " arrived damaged" + at);
  if (arrived_[sender][name->number]) {
    violations_.push_back(which + " arrived again" + at);
    return;
  }
  arrived_[sender][name->number] = true;
  ++arrived_in_all_;
  std::uint32_t& next = next_[{sender, receiver}];
  if (name->number < next)
    disorders_.push_back(
      {sender, receiver,
       which + " arrived" + at + " after message " + std::to_string(next - 1)});
  next = std::max(next, name->number + 1);
}

std::vector<std::string>
delivery_ledger::verdict(const std::vector<lost_pipe>& losses) const {
  std::vector<std::string> verdict = violations_;
  const auto lost_one = [&](std::size_t node) {
    return std::any_of(losses.begin(), losses.end(), [&](const auto& each) {
      return each.dialing == static_cast<int>(node)
             || each.accepting == static_cast<int>(node);
    });
  };
  // A pipe that ends for good (on the side that binds) hands its messages to
  // the others, where they come late; a pipe that is made anew competes with
  // what its predecessor left at the receiver.
  const auto excused = [&](const disorder& what) {
    return std::any_of(losses.begin(), losses.end(), [&](const auto& each) {
      const auto sender = static_cast<int>(what.sender);
      const auto receiver = static_cast<int>(what.receiver);
      return each.accepting == sender
             || (each.dialing == sender && each.accepting == receiver);
    });
  };
  for (const disorder& each : disorders_)
    if (!excused(each))
      verdict.push_back(each.text);
  for (std::size_t sender = 0; sender < accepted_.size(); ++sender) {
    if (lost_one(sender))
      continue;
    for (std::uint32_t number = 0; number < accepted_[sender]; ++number)
      if (!arrived_[sender][number])
        verdict.push_back(describe(sender, number) + " never arrived");
  }
  return verdict;
}

} // namespace zmqrt::sim_test
