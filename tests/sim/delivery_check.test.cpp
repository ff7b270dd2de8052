// SPDX-License-Identifier: MPL-2.0
//
// Whether the delivery property's check finds what it is for, on sockets that
// are mere queues: silent for correct ones, loud for each planted bug.

#include <algorithm>
#include <utility>

#include "tests/sim/delivery_ledger.hpp"
#include "tests/sim/delivery_plan.hpp"
#include "tests/sim/delivery_run.hpp"
#include "tests/sim/memory_fabric.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;

namespace {

delivery_outcome run(std::uint64_t seed, memory_bug bug) {
  memory_fabric fabric{seed, bug};
  return run_delivery(make_plan(seed), fabric);
}

bool says(const delivery_outcome& outcome, std::string_view what) {
  return std::any_of(outcome.violations.begin(), outcome.violations.end(),
                     [&](const std::string& each) {
                       return each.find(what) != std::string::npos;
                     });
}

} // namespace

TEST_CASE("delivery check: the plans are what the property asks for") {
  int sound = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const delivery_plan plan = make_plan(seed);
    std::size_t messages = 0;
    std::size_t stalled = 0;
    for (const planned_node& each : plan.nodes) {
      messages += each.messages;
      stalled += each.stall_until > duration{} ? 1 : 0;
      CHECK(std::max(each.options.sndhwm, each.options.rcvhwm) <= 16);
      CHECK(std::min(each.options.sndhwm, each.options.rcvhwm) >= 1);
    }
    CHECK(messages == 1000);
    CHECK(stalled == 1);
    sound += plan.network.reset_permille == 0 ? 1 : 0;
  }
  CHECK(sound == 60);
}

TEST_CASE("delivery check: correct queues pass, twice alike") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const delivery_outcome first = run(seed, memory_bug::none);
    const delivery_outcome second = run(seed, memory_bug::none);
    INFO("seed " << seed);
    CHECK(first.violations == std::vector<std::string>{});
    CHECK(first.accepted == 1000);
    CHECK(first.arrived == 1000);
    CHECK(first.trace == second.trace);
  }
  CHECK(run(1, memory_bug::none).trace != run(2, memory_bug::none).trace);
}

TEST_CASE("delivery check: each planted bug is caught") {
  const auto [bug, words] = GENERATE(
    table<memory_bug, const char*>({{memory_bug::duplicate, "arrived again"},
                                    {memory_bug::drop, "never arrived"},
                                    {memory_bug::damage, "arrived damaged"},
                                    {memory_bug::cut, "arrived damaged"},
                                    {memory_bug::swap, "after message"},
                                    {memory_bug::invent, "unknown message"},
                                    {memory_bug::stall, "stuck"}}));
  INFO(words);
  const delivery_outcome outcome = run(3, bug);
  CHECK(says(outcome, words));
}

TEST_CASE("delivery check: a lost pipe excuses its own messages only") {
  delivery_ledger ledger{1, 3};
  ledger.accept(0);
  ledger.accept(0);
  ledger.accept(1);
  ledger.arrive(2, make_message(1, 0, 1));
  CHECK(ledger.verdict({}).size() == 2);
  CHECK(ledger.verdict({{0, 2}}).size() == 1);
  CHECK(ledger.verdict({{2, 0}, {1, 2}}).empty());
  ledger.arrive(2, make_message(1, 0, 0)); // late
  CHECK(ledger.verdict({{1, 2}}).size() == 1);
  CHECK(ledger.verdict({{0, 2}, {1, 2}}).empty());
  ledger.arrive(2, make_message(1, 0, 0)); // and again: never excused
  CHECK(ledger.verdict({{0, 2}, {1, 2}}).size() == 1);
}
