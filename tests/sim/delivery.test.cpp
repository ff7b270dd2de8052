// SPDX-License-Identifier: MPL-2.0
//
// The delivery property on the real actors: every accepted message arrives
// once, whole, in per-pipe order, unless its pipe was lost. From the
// environment:
//   ZMQRT_SIM_SEED=n    only that seed, with its trace on standard error
//   ZMQRT_SIM_SEEDS=n   so many seeds instead of a thousand
//   ZMQRT_SIM_FIRST=n   beginning with that one

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "tests/sim/actor_fabric.hpp"
#include "tests/sim/delivery_plan.hpp"
#include "tests/sim/delivery_run.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void print(const transports::sim_trace_entry& entry) {
  std::fprintf(
    stderr, "%12.3f us  %-9.*s %4llu %llu\n",
    std::chrono::duration<double, std::micro>(entry.when.time_since_epoch())
        .count()
      - 3.6e9,
    static_cast<int>(entry.what.size()), entry.what.data(),
    static_cast<unsigned long long>(entry.subject),
    static_cast<unsigned long long>(entry.detail));
}

delivery_outcome run(std::uint64_t seed, bool loud = false) {
  const delivery_plan plan = make_plan(seed);
  actor_fabric fabric{seed, plan.nodes.size(), plan.network};
  if (loud)
    fabric.world().trace().listen(print);
  return run_delivery(plan, fabric);
}

std::string report(std::uint64_t seed, const delivery_outcome& outcome) {
  std::string text = "seed " + std::to_string(seed) + ": "
                     + std::to_string(outcome.accepted) + " accepted, "
                     + std::to_string(outcome.arrived) + " arrived, "
                     + std::to_string(outcome.pipes_lost) + " pipes lost\n";
  std::size_t shown = 0;
  for (const std::string& each : outcome.violations)
    if (++shown <= 10)
      text += "  " + each + "\n";
  // Works from any folder.
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  return text + "replay: ZMQRT_SIM_SEED=" + std::to_string(seed) + " '" + self
         + "' \"delivery: one seed\"";
}

/// Doubles the first whole, short, single-frame message in a delivery.
bool double_message(std::vector<std::byte>& bytes) {
  for (std::size_t i = 2; i + 4 <= bytes.size(); ++i) {
    const auto size = std::to_integer<std::size_t>(bytes[i - 1]);
    if (bytes[i - 2] != std::byte{0} || i + size > bytes.size()
        || std::memcmp(bytes.data() + i, message_mark, 4) != 0)
      continue;
    const std::vector<std::byte> whole(
      bytes.begin() + static_cast<std::ptrdiff_t>(i) - 2,
      bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(i + size),
                 whole.begin(), whole.end());
    return true;
  }
  return false;
}

/// Changes the last byte of such a message.
bool damage_message(std::vector<std::byte>& bytes) {
  for (std::size_t i = 2; i + 4 <= bytes.size(); ++i) {
    const auto size = std::to_integer<std::size_t>(bytes[i - 1]);
    if (bytes[i - 2] != std::byte{0} || size <= 12 || i + size > bytes.size()
        || std::memcmp(bytes.data() + i, message_mark, 4) != 0)
      continue;
    bytes[i + size - 1] ^= std::byte{0x40};
    return true;
  }
  return false;
}

} // namespace

TEST_CASE("delivery: one seed", "[.][replay]") {
  const std::uint64_t seed = number_from("ZMQRT_SIM_SEED", 1);
  std::fputs(describe(make_plan(seed)).c_str(), stderr);
  const delivery_outcome outcome = run(seed, true);
  INFO(report(seed, outcome));
  CHECK(outcome.violations.empty());
}

TEST_CASE("delivery: every accepted message arrives once, whole, in order") {
  const std::uint64_t first = number_from("ZMQRT_SIM_FIRST", 1);
  const std::uint64_t seeds = number_from("ZMQRT_SIM_SEEDS", 1000);
  std::uint64_t sound = 0;
  std::uint64_t steps = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const delivery_outcome outcome = run(seed);
    INFO(report(seed, outcome));
    if (outcome.pipes_lost == 0) {
      ++sound;
      CHECK(outcome.accepted == 1000);
      CHECK(outcome.arrived == 1000);
    }
    steps += outcome.steps;
    CHECK(outcome.violations.empty());
  }
  std::printf("%llu seeds, %llu of them lost no pipe, %llu steps\n",
              static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(sound),
              static_cast<unsigned long long>(steps));
  CHECK(sound * 2 >= seeds);
}

TEST_CASE("delivery: two runs of a seed give the same trace") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    CHECK(run(seed).trace == run(seed).trace);
  }
  CHECK(run(1).trace != run(2).trace);
}

TEST_CASE("delivery: a planted bug is caught") {
  const auto bug = GENERATE(&double_message, &damage_message);
  const std::string words =
    bug == &double_message ? "arrived again" : "arrived damaged";
  int caught = 0;
  for (std::uint64_t seed = 2; seed <= 4; ++seed) { // these lose no pipe
    const delivery_plan plan = make_plan(seed);
    actor_fabric fabric{seed, plan.nodes.size(), plan.network};
    fabric.world().plant_bug(bug);
    const delivery_outcome outcome = run_delivery(plan, fabric);
    for (const std::string& each : outcome.violations)
      caught += each.find(words) != std::string::npos ? 1 : 0;
  }
  CHECK(caught == 3);
}
