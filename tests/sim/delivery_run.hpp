// SPDX-License-Identifier: MPL-2.0
//
// One run of the delivery property: carries out a plan on a fabric, turn by
// turn in an order drawn from the seed, and asks the ledger.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/delivery_plan.hpp"
#include "tests/sim/sim_node.hpp"

namespace zmqrt::sim_test {

struct delivery_outcome {
  std::uint64_t trace = 0;
  std::uint64_t steps = 0;
  std::size_t accepted = 0;
  std::size_t arrived = 0;
  std::size_t pipes_lost = 0;
  duration lasted{};
  /// Empty: the property holds.
  std::vector<std::string> violations;
};

[[nodiscard]] delivery_outcome run_delivery(const delivery_plan& plan,
                                            sim_fabric& fabric);

} // namespace zmqrt::sim_test
