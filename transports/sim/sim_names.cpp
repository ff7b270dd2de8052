// SPDX-License-Identifier: MPL-2.0
//
// Host names of a simulated world. See sim_names.hpp.

#include "transports/sim/sim_names.hpp"

#include <utility>

#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

/// A question under way.
class sim_question final : public sim_subject {
public:
  sim_question(sim_world& world, resolve_query query, resolve_callback then)
    : world_(world), query_(std::move(query)), then_(std::move(then)) {
  }
  void forget() noexcept {
    then_ = nullptr;
  }
  void on_event(int) override {
    // Only the name as it is now counts: its address may have changed.
    if (then_ == nullptr || world_.names().hangs(query_.host))
      return;
    auto answer = world_.names().look_up(query_);
    world_.note("resolved", query_.port, answer ? answer->size() : 0);
    std::exchange(then_, nullptr)(std::move(answer));
  }

private:
  sim_world& world_;
  resolve_query query_;
  resolve_callback then_;
};

class sim_resolution final : public resolution {
public:
  explicit sim_resolution(std::shared_ptr<sim_question> question)
    : question_(std::move(question)) {
  }
  ~sim_resolution() override {
    question_->forget();
  }

private:
  std::shared_ptr<sim_question> question_;
};

bool is_any(const std::string& host) {
  return host.empty() || host == "*";
}

} // namespace

sim_names::sim_names(sim_world& world) : world_(world) {
  set("localhost", {"127.0.0.1"});
  set("lo", {"127.0.0.1"});
}

void sim_names::set(const std::string& name, std::vector<std::string> hosts) {
  hosts_[name] = std::move(hosts);
}

void sim_names::hang(const std::string& name, bool on) {
  if (on)
    hanging_.insert(name);
  else
    hanging_.erase(name);
}

std::unique_ptr<resolution> sim_names::resolve(const resolve_query& query,
                                               resolve_callback then,
                                               sim_reactor_number on) {
  auto question =
    std::make_shared<sim_question>(world_, query, std::move(then));
  const bool numeric =
    is_any(query.host) || address::tcp(query.host, query.port).has_value();
  const sim_range time =
    numeric ? world_.conditions().turn : world_.conditions().resolve;
  world_.schedule(world_.lots().between(time), question, 0, on);
  return std::make_unique<sim_resolution>(std::move(question));
}

result<std::vector<address>>
sim_names::look_up(const resolve_query& query) const {
  std::vector<std::string> hosts{query.host};
  if (is_any(query.host) && query.passive)
    hosts = {query.ipv6 ? "::" : "0.0.0.0"};
  else if (const auto known = hosts_.find(query.host); known != hosts_.end())
    hosts = known->second;
  std::vector<address> answer;
  for (const std::string& each : hosts) {
    auto one = address::tcp(each, query.port);
    if (one && (query.ipv6 || one->family() == AF_INET))
      answer.push_back(*std::move(one));
  }
  if (answer.empty())
    return failure{make_error_code(errc::host_unreachable),
                   "no address for this name"};
  return answer;
}

} // namespace zmqrt::transports
