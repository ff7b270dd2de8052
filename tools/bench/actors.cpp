// SPDX-License-Identifier: MPL-2.0
//
// The rounds and the contender by handles. See actors.hpp.

#include "tools/bench/actors.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>

#include "tools/bench/payload.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::bench {

namespace {

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

message numbered(const actors_plan& what, std::uint64_t seq,
                 std::vector<std::byte>& scratch) {
  write_payload(scratch.data(), scratch.size(), seq);
  return message{std::span<const std::byte>{scratch}.first(what.size)};
}

void send_all(const actors_plan& what, socket& to) {
  std::vector<std::byte> scratch(what.size);
  if (what.batch == 1) {
    for (std::uint64_t seq = 0; seq < what.total(); ++seq)
      to.send(numbered(what, seq, scratch));
    return;
  }
  std::vector<message> lot;
  for (std::uint64_t seq = 0; seq < what.total();) {
    lot.clear();
    for (; lot.size() < what.batch && seq < what.total(); ++seq)
      lot.push_back(numbered(what, seq, scratch));
    for (std::size_t sent = 0; sent < lot.size();)
      sent += to.send_batch(std::span{lot}.subspan(sent));
  }
}

double recv_all(const actors_plan& what, socket& from) {
  arrivals seen{what};
  std::vector<message> lot;
  while (!seen.complete()) {
    if (what.batch == 1) {
      const auto got = from.recv();
      seen.one(got[0].data(), got[0].size());
      continue;
    }
    from.recv_batch(lot, what.batch);
    for (const auto& each : lot)
      seen.one(each[0].data(), each[0].size());
  }
  return seen.msgs_per_s();
}

double run_handles(const actors_plan& what) {
  context ctx{context_options{.io_threads = what.io_threads,
                              .linger = std::chrono::milliseconds{0}}};
  auto pull = ctx.socket(socket_type::pull);
  auto push = ctx.socket(socket_type::push);
  push.connect(pull.bind("tcp://127.0.0.1:*"));
  std::thread sender{[&] { send_all(what, push); }};
  const double rate = recv_all(what, pull);
  sender.join();
  return rate;
}

} // namespace

// -- what arrives -------------------------------------------------------------

void arrivals::one(const std::byte* data, std::size_t size) {
  check_payload(data, size, what_.size, seen_);
  if (seen_ == what_.warm())
    began_ns_ = now_ns();
  if (++seen_ == what_.total())
    ended_ns_ = now_ns();
}

double arrivals::msgs_per_s() const noexcept {
  const auto took = static_cast<double>(ended_ns_ - began_ns_);
  return static_cast<double>(what_.count) * 1e9 / took;
}

double outcome(std::future<double>& from) {
  if (from.wait_for(std::chrono::minutes{2}) != std::future_status::ready)
    throw std::runtime_error("actors: a run takes too long");
  return from.get();
}

// -- rounds -------------------------------------------------------------------

std::vector<actors_result> measure_actors(const actors_plan& what) {
  struct contender {
    const char* name;
    double (*run)(const actors_plan&);
    std::vector<double> rates;
  };
  std::vector<contender> all;
  const auto add = [&](const char* name, double (*run)(const actors_plan&)) {
    if (what.only.empty() || what.only == name)
      all.push_back({name, run, {}});
  };
  add("actors", run_socket_actors);
  add("mixed", run_handles_in_actors);
  add("handles", run_handles);
  add("libzmq", run_libzmq_actors);
  for (unsigned round = 0; round < what.rounds; ++round)
    for (auto& each : all)
      each.rates.push_back(each.run(what));
  std::vector<actors_result> result;
  for (auto& each : all) {
    std::sort(each.rates.begin(), each.rates.end());
    result.push_back({each.name, each.rates[each.rates.size() / 2]});
  }
  return result;
}

} // namespace zmqrt::bench
