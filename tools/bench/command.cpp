// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt bench throughput` and `zmqrt bench latency`: options, defaults and
// the runs one after the other.

#include "tools/bench/command.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/bench/placement.hpp"
#include "tools/bench/report.hpp"
#include "tools/bench/security.hpp"

namespace zmqrt::bench {

namespace {

struct request {
  plan what;
  bool json = false;
};

void add_options(CLI::App& app, request& into) {
  auto& what = into.what;
  app
    .add_option("--impl", what.impl,
                "who competes (sodium: libsodium seals in memory, on one "
                "core; throughput of curve)")
    ->check(CLI::IsMember({"zmqrt", "libzmq", "bare", "sodium"}))
    ->capture_default_str();
  app.add_option("--transport", what.transport)
    ->check(CLI::IsMember({"tcp", "ipc", "inproc"}))
    ->capture_default_str();
  app.add_option("--size", what.size, "bytes per message")
    ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 30))
    ->capture_default_str();
  app
    .add_option("--count", what.count,
                "measured messages per run (default: by the size)")
    ->check(CLI::PositiveNumber);
  app.add_option("--runs", what.runs)
    ->check(CLI::Range(1u, 1000u))
    ->capture_default_str();
  app.add_option("--io-backend", what.io_backend, "zmqrt only")
    ->check(CLI::IsMember({"auto", "io_uring", "epoll"}))
    ->capture_default_str();
  app.add_flag("--tuned", what.tuned,
               "libzmq only: reno, and an allocator that keeps its memory");
  app
    .add_option("--mechanism", what.mechanism,
                "zmqrt and libzmq, over tcp and ipc")
    ->check(CLI::IsMember({"null", "plain", "curve"}))
    ->capture_default_str();
  app.add_option("--timeout", what.timeout_s, "seconds per run")
    ->check(CLI::Range(1u, 86400u))
    ->capture_default_str();
  app.add_flag("--json", into.json, "print one JSON object");
}

void validate(const plan& what) {
  if (what.tuned && what.impl != "libzmq")
    throw std::invalid_argument("--tuned: only goes with --impl libzmq");
  if (what.io_backend != "auto" && what.impl != "zmqrt")
    throw std::invalid_argument("--io-backend: only goes with --impl zmqrt");
  if (what.batch > 0 && what.impl != "zmqrt")
    throw std::invalid_argument("--batch: only goes with --impl zmqrt");
  if (what.pattern != "push-pull"
      && (what.impl == "bare" || what.tuned || what.batch > 0
          || what.transport == "inproc"))
    throw std::invalid_argument("--pattern: goes with zmqrt and libzmq, one "
                                "message per call, over tcp and ipc");
  if (what.impl == "sodium"
      && (what.mechanism != "curve" || what.pattern != "push-pull"))
    throw std::invalid_argument(
      "--impl sodium: goes with throughput and --mechanism curve");
  if (what.mechanism != "null"
      && (what.impl == "bare" || what.pattern != "push-pull"
          || what.transport == "inproc"))
    throw std::invalid_argument("--mechanism: goes with zmqrt and libzmq, one "
                                "peer, over tcp and ipc");
  if (what.impl == "bare" && what.transport == "inproc")
    throw std::invalid_argument("--impl bare: needs --transport tcp or ipc");
}

template <class Sample>
void run(const request& asked, Sample (*measure)(const plan&)) {
  validate(asked.what);
  const auto placement = cache_line_ns();
  const auto keyed = with_keys(asked.what);
  std::vector<Sample> samples;
  for (unsigned i = 0; i < asked.what.runs; ++i)
    samples.push_back(measure(keyed));
  const auto text = asked.json ? report_json(asked.what, samples, placement)
                               : report_text(asked.what, samples, placement);
  std::puts(text.c_str());
}

/// About a second of work, and never so few that the queues (two times the
/// HWM of 1000) hold a good part of them.
std::uint64_t default_count(const plan& what) {
  constexpr std::uint64_t most = 4'000'000;
  constexpr std::uint64_t least = 4'000;
  const auto fitting =
    (std::uint64_t{1} << 30) / std::max<std::uint64_t>(what.size, 1);
  const auto count = std::clamp(fitting, least, most);
  if (what.pattern == "pub-sub")
    return std::max(least, count / (1 + what.peers / what.match_one_in));
  if (what.pattern == "dealer-router")
    return count / 4;
  return what.pattern == "req-rep" ? std::min<std::uint64_t>(count, 50'000)
                                   : count;
}

} // namespace

void add_command(CLI::App& root) {
  auto* bench = root.add_subcommand("bench", "measure, beside libzmq");
  bench->require_subcommand(1);

  // The callbacks outlive this function.
  const auto rate = std::make_shared<request>();
  auto* throughput =
    bench->add_subcommand("throughput", "PUSH to PULL, messages per second");
  add_options(*throughput, *rate);
  throughput
    ->add_option("--pattern", rate->what.pattern,
                 "what carries the messages; tcp and ipc but for push-pull")
    ->check(CLI::IsMember(
      {"push-pull", "pub-sub", "dealer-router", "req-rep", "proxy"}))
    ->capture_default_str();
  throughput->add_option("--peers", rate->what.peers, "SUBs, DEALERs or REQs")
    ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
    ->capture_default_str();
  throughput
    ->add_option("--match-one-in", rate->what.match_one_in,
                 "pub-sub: how many messages one is wanted of by each SUB")
    ->check(CLI::Range(std::size_t{1}, std::size_t{60'000}))
    ->capture_default_str();
  throughput
    ->add_option("--in-flight", rate->what.in_flight,
                 "dealer-router: requests under way, of each DEALER")
    ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}))
    ->capture_default_str();
  throughput->add_option("--batch", rate->what.batch,
                         "zmqrt only: messages per batch call (0: one each)");
  throughput->callback([rate] {
    if (rate->what.count == 0)
      rate->what.count = default_count(rate->what);
    if (rate->what.impl == "sodium")
      rate->what.transport = "memory";
    run(*rate, measure_throughput);
  });

  const auto trip = std::make_shared<request>();
  auto* latency =
    bench->add_subcommand("latency", "PAIR to PAIR, round trip times");
  add_options(*latency, *trip);
  latency->callback([trip] {
    if (trip->what.count == 0)
      trip->what.count = 20'000;
    if (trip->what.impl == "sodium")
      throw std::invalid_argument("--impl sodium: has no round trips");
    run(*trip, measure_latency);
  });

  add_scale_commands(*bench);
}

} // namespace zmqrt::bench
