// SPDX-License-Identifier: MPL-2.0
//
// One run of the delivery property. See delivery_run.hpp.

#include "tests/sim/delivery_run.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/sim/delivery_ledger.hpp"
#include "transports/sim/sim_random.hpp"

namespace zmqrt::sim_test {

namespace {

using transports::sim_random;
using namespace std::chrono_literals;

// Far more than any seed takes; whoever gets there is stuck.
constexpr duration longest = 10min;
constexpr std::uint64_t most_steps = 3'000'000;

class delivery_run {
public:
  delivery_run(const delivery_plan& plan, sim_fabric& fabric)
    : plan_(plan), fabric_(fabric), lots_(plan.seed * 2),
      ledger_(plan.seed, plan.nodes.size()), start_(fabric.now()) {
  }

  delivery_outcome operator()() {
    open();
    if (violations_.empty()) {
      work();
      settle();
    }
    finish();
    return outcome();
  }

private:
  struct player {
    std::unique_ptr<sim_node> socket;
    std::uint32_t sent = 0;
    std::optional<message> next; ///< made, not accepted yet
    bool closed = false;
  };

  // -- the phases -----------------------------------------------------------

  void open() {
    for (const planned_node& each : plan_.nodes)
      players_.push_back({fabric_.open(each.type, each.options), 0, {}, false});
    for (const bool connecting : {plan_.connect_first, !plan_.connect_first})
      for (std::size_t i = 0; i < players_.size(); ++i)
        attach(i, connecting);
  }

  void attach(std::size_t index, bool connecting) {
    const planned_node& node = plan_.nodes[index];
    sim_node& socket = *players_[index].socket;
    if (!connecting && !node.bind_to.empty()) {
      socket.bind(node.bind_to);
      await_answer(socket);
    }
    if (connecting) {
      for (const std::size_t server : node.connect_to) {
        socket.connect(plan_.nodes[server].bind_to);
        await_answer(socket);
      }
    }
  }

  void await_answer(sim_node& socket) {
    while (!socket.settled())
      if (!fabric_.step())
        break;
    if (!socket.settled())
      violations_.emplace_back("a bind or connect was never answered");
    else if (!socket.refusal().empty())
      violations_.push_back("refused: " + socket.refusal());
  }

  /// Until everything is sent, and what must arrive has arrived.
  void work() {
    while (!is_complete()) {
      if (is_late()) {
        violations_.push_back("stuck: " + std::to_string(ledger_.accepted())
                              + " accepted, "
                              + std::to_string(ledger_.arrived()) + " arrived");
        return;
      }
      const std::size_t index = lots_.between(0, players_.size() * 2);
      if (index < players_.size())
        play(index);
      else
        pump();
      if (everybody_sent_ && !fabric_.lost_pipes().empty() && is_quiet())
        return;
    }
  }

  /// After losses nobody knows how much will still arrive: it is over when
  /// nothing has for a while.
  bool is_quiet() {
    if (ledger_.arrived() != arrived_before_ || fabric_.now() < stall_end()) {
      arrived_before_ = ledger_.arrived();
      quiet_since_ = fabric_.now();
    }
    return fabric_.now() - quiet_since_ > 10s;
  }

  /// What should not come any more, would come now.
  void settle() {
    fabric_.run_for(1s);
    for (std::size_t i = 0; i < players_.size(); ++i)
      receive(i, 1000);
  }

  void finish() {
    for (std::size_t i = 0; i < players_.size(); ++i)
      close(i);
    const time_point limit = fabric_.now() + 60s;
    const auto over = [](const player& each) { return each.socket->is_over(); };
    while (!std::all_of(players_.begin(), players_.end(), over)) {
      if (fabric_.now() > limit || !fabric_.step()) {
        violations_.emplace_back("a socket never finished closing");
        return;
      }
    }
  }

  // -- what a player does in its turn ---------------------------------------

  void play(std::size_t index) {
    if (plan_.nodes[index].type != socket_type::pull)
      send(index, lots_.between(1, 12));
    if (plan_.nodes[index].type != socket_type::push)
      receive(index, lots_.between(1, 12));
  }

  void send(std::size_t index, std::size_t most) {
    player& self = players_[index];
    const planned_node& node = plan_.nodes[index];
    for (; most > 0 && self.sent < node.messages; --most) {
      if (!self.next)
        self.next = make_message(plan_.seed, static_cast<std::uint32_t>(index),
                                 self.sent);
      if (!self.socket->try_send(*self.next))
        return;
      self.next.reset();
      fabric_.note("accept", index, self.sent);
      ledger_.accept(index);
      if (++self.sent == node.messages)
        note_sent(index);
    }
  }

  void note_sent(std::size_t index) {
    if (plan_.nodes[index].closes_early)
      close(index);
    everybody_sent_ = true;
    for (std::size_t i = 0; i < players_.size(); ++i)
      everybody_sent_ &= players_[i].sent == plan_.nodes[i].messages;
    quiet_since_ = fabric_.now();
  }

  void receive(std::size_t index, std::size_t most) {
    player& self = players_[index];
    if (self.closed || plan_.nodes[index].type == socket_type::push
        || fabric_.now() - start_ < plan_.nodes[index].stall_until)
      return;
    for (; most > 0; --most) {
      const auto got = self.socket->try_recv();
      if (!got)
        return;
      fabric_.note("arrive", index, got->bytes());
      ledger_.arrive(index, *got);
    }
  }

  void close(std::size_t index) {
    player& self = players_[index];
    if (!std::exchange(self.closed, true))
      self.socket->close();
  }

  // -- where it stands ------------------------------------------------------

  /// Lets a little time pass, more of it while everybody waits.
  void pump() {
    const std::uint64_t before = fabric_.steps();
    fabric_.run_for(std::chrono::microseconds{1LL << lots_.between(0, 11)});
    if (fabric_.steps() == before)
      fabric_.run_for(5ms);
  }
  [[nodiscard]] bool is_complete() const {
    return everybody_sent_ && ledger_.arrived() >= ledger_.accepted()
           && fabric_.now() >= stall_end();
  }
  [[nodiscard]] bool is_late() const {
    return fabric_.now() - start_ > longest || fabric_.steps() > most_steps;
  }
  [[nodiscard]] time_point stall_end() const {
    duration last{};
    for (const planned_node& each : plan_.nodes)
      last = std::max(last, each.stall_until);
    return start_ + last;
  }

  delivery_outcome outcome() {
    delivery_outcome result;
    const auto losses = fabric_.lost_pipes();
    result.violations = violations_;
    for (std::string& each : ledger_.verdict(losses))
      result.violations.push_back(std::move(each));
    for (const std::string& each : fabric_.breaches())
      result.violations.push_back("breach: " + each);
    result.trace = fabric_.trace_hash();
    result.steps = fabric_.steps();
    result.accepted = ledger_.accepted();
    result.arrived = ledger_.arrived();
    result.pipes_lost = losses.size();
    result.lasted = fabric_.now() - start_;
    return result;
  }

  const delivery_plan& plan_;
  sim_fabric& fabric_;
  sim_random lots_;
  delivery_ledger ledger_;
  time_point start_;
  std::vector<player> players_;
  std::vector<std::string> violations_;
  bool everybody_sent_ = false;
  std::size_t arrived_before_ = 0;
  time_point quiet_since_{};
};

} // namespace

delivery_outcome run_delivery(const delivery_plan& plan, sim_fabric& fabric) {
  return delivery_run{plan, fabric}();
}

} // namespace zmqrt::sim_test
