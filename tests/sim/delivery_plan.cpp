// SPDX-License-Identifier: MPL-2.0
//
// The plans of the delivery property. See delivery_plan.hpp.

#include "tests/sim/delivery_plan.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace zmqrt::sim_test {

namespace {

using transports::sim_conditions;
using transports::sim_random;
using namespace std::chrono_literals;

constexpr std::uint32_t pushed_each = 400; // by each of two PUSH
constexpr std::uint32_t paired = 200;      // by both PAIR together
constexpr std::size_t name_size = 12;

sim_conditions draw_network(sim_random& lots, bool breaks) {
  sim_conditions network;
  network.kernel_buffer_least_bytes = 256;
  network.kernel_buffer_most_bytes = std::size_t{1} << lots.between(9, 15);
  network.latency = {10us, std::chrono::microseconds{lots.between(20, 3000)}};
  network.completion = {duration{0},
                        std::chrono::microseconds{lots.between(0, 400)}};
  network.turn = {duration{0}, std::chrono::microseconds{lots.between(0, 200)}};
  network.short_read_permille = static_cast<unsigned>(lots.between(0, 600));
  network.short_write_permille = static_cast<unsigned>(lots.between(0, 600));
  network.late_read_permille = static_cast<unsigned>(lots.between(0, 1000));
  if (lots.chance(250)) { // many reads under way when receiving is paused
    network.short_read_permille = 900;
    network.late_read_permille = 1000;
  }
  network.stall_permille = static_cast<unsigned>(lots.between(0, 20));
  network.refuse_permille = lots.chance(300) ? 300 : 0;
  network.accept_failure_permille = lots.chance(300) ? 300 : 0;
  if (breaks) {
    network.reset_permille = static_cast<unsigned>(lots.between(50, 400));
    network.orderly_end_permille = static_cast<unsigned>(lots.between(0, 400));
    network.fate_within_bytes = std::size_t{1} << lots.between(7, 17);
  }
  return network;
}

node_options draw_options(sim_random& lots) {
  node_options options;
  options.sndhwm = static_cast<int>(lots.between(1, 16));
  options.rcvhwm = static_cast<int>(lots.between(1, 16));
  return options;
}

std::string draw_endpoint(sim_random& lots, std::size_t node) {
  if (lots.chance(500))
    return "tcp://127.0.0.1:" + std::to_string(5000 + node);
  return "ipc://@sim-" + std::to_string(node);
}

/// `from` binds, everybody in `to` connects to it, or the other way round.
void join(delivery_plan& plan, sim_random& lots, bool first_binds,
          const std::vector<std::size_t>& first,
          const std::vector<std::size_t>& second) {
  const auto& binding = first_binds ? first : second;
  const auto& connecting = first_binds ? second : first;
  for (const std::size_t server : binding) {
    plan.nodes[server].bind_to = draw_endpoint(lots, server);
    for (const std::size_t client : connecting)
      plan.nodes[client].connect_to.push_back(server);
  }
}

std::size_t draw_size(sim_random& lots) {
  const std::size_t kind = lots.between(0, 99);
  if (kind < 60)
    return lots.between(0, 60);
  if (kind < 92)
    return lots.between(61, 400);
  if (kind < 98)
    return lots.between(401, 6000);
  return lots.between(6001, 40'000);
}

frame draw_frame(sim_random& lots, std::size_t size, std::string_view front) {
  frame made = frame::uninitialized(front.size() + size);
  auto* to = reinterpret_cast<char*>(made.writable().data());
  std::copy(front.begin(), front.end(), to);
  to += front.size();
  std::size_t done = 0;
  for (; done + 8 <= size; done += 8) {
    const std::uint64_t word = lots.next();
    std::memcpy(to + done, &word, 8);
  }
  for (; done < size; ++done)
    to[done] = static_cast<char>(lots.next());
  return made;
}

} // namespace

delivery_plan make_plan(std::uint64_t seed) {
  sim_random lots{seed * 2 + 1};
  delivery_plan plan;
  plan.seed = seed;
  plan.network = draw_network(lots, seed % 5 < 2);
  plan.connect_first = lots.chance(500);
  const std::vector<std::size_t> pushing{0, 1};
  const std::vector<std::size_t> pulling{2, 3, 4};
  plan.nodes.resize(7);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    planned_node& node = plan.nodes[i];
    node.type = i < 2   ? socket_type::push
                : i < 5 ? socket_type::pull
                        : socket_type::pair;
    node.options = draw_options(lots);
    if (i < 2) {
      node.messages = pushed_each;
      node.closes_early = lots.chance(500);
    }
  }
  join(plan, lots, lots.chance(500), pushing, pulling);
  join(plan, lots, lots.chance(500), {5}, {6});
  if (lots.chance(300)) { // one way: it may close with nothing to read
    plan.nodes[5].messages = paired;
    plan.nodes[5].closes_early = true;
  } else {
    plan.nodes[5].messages = paired / 2;
    plan.nodes[6].messages = paired / 2;
  }
  const std::size_t stalled = lots.chance(700) ? lots.between(2, 4) : 6;
  plan.nodes[stalled].stall_until =
    std::chrono::milliseconds{lots.between(20, 3000)};
  return plan;
}

std::string describe(const delivery_plan& plan) {
  std::string text = "seed " + std::to_string(plan.seed)
                     + (plan.connect_first ? ": connect, then bind\n"
                                           : ": bind, then connect\n");
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const planned_node& each = plan.nodes[i];
    text += "node " + std::to_string(i) + ' ';
    text += to_string(each.type);
    text += " sndhwm " + std::to_string(each.options.sndhwm) + " rcvhwm "
            + std::to_string(each.options.rcvhwm);
    if (!each.bind_to.empty())
      text += " bind " + each.bind_to;
    for (const std::size_t server : each.connect_to)
      text += " connect " + plan.nodes[server].bind_to;
    text += " sends " + std::to_string(each.messages);
    text += each.closes_early ? ", then closes" : "";
    if (each.stall_until > duration{})
      text += ", stalls "
              + std::to_string(
                std::chrono::duration<double>(each.stall_until).count())
              + " s";
    text += '\n';
  }
  return text;
}

message make_message(std::uint64_t seed, std::uint32_t sender,
                     std::uint32_t number) {
  sim_random lots{seed ^ (std::uint64_t{sender} << 56)
                  ^ (std::uint64_t{number} << 24)};
  char name[name_size];
  std::memcpy(name, message_mark, 4);
  std::memcpy(name + 4, &sender, 4);
  std::memcpy(name + 8, &number, 4);
  message made{draw_frame(lots, draw_size(lots), {name, name_size})};
  if (lots.chance(250)) {
    for (std::size_t more = lots.between(1, 3); more > 0; --more)
      made.push_back(draw_frame(lots, lots.between(0, 300), {}));
  }
  return made;
}

std::optional<message_name> read_name(const message& what) {
  if (what.empty() || what[0].size() < name_size
      || std::memcmp(what[0].data(), message_mark, 4) != 0)
    return std::nullopt;
  message_name name;
  std::memcpy(&name.sender, what[0].data() + 4, 4);
  std::memcpy(&name.number, what[0].data() + 8, 4);
  return name;
}

} // namespace zmqrt::sim_test
