// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt bench poller`, `topics`, `flood`, `handshakes` and `actors`.

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/bench/actors.hpp"
#include "tools/bench/command.hpp"
#include "tools/bench/flood.hpp"
#include "tools/bench/handshakes.hpp"
#include "tools/bench/poller.hpp"
#include "tools/bench/topics.hpp"

namespace zmqrt::bench {

namespace {

using json = nlohmann::ordered_json;

void add_impl(CLI::App& to, std::string& impl) {
  to.add_option("--impl", impl, "who competes")
    ->check(CLI::IsMember({"zmqrt", "libzmq"}))
    ->capture_default_str();
}

void run_poller(const poller_plan& what, bool as_json) {
  const double ns = poller_round_ns(what);
  if (as_json) {
    const json object = {{"impl", what.impl},
                         {"sockets", what.sockets},
                         {"count", what.count},
                         {"runs", what.runs},
                         {"round_ns", ns}};
    std::puts(object.dump().c_str());
  } else {
    std::printf(
      "%s, 1 ready of %zu: %.0f ns for a send, a wait and a receive\n",
      what.impl.c_str(), what.sockets, ns);
  }
}

void run_topics(const topics_plan& what, bool as_json) {
  const auto found = measure_topics(what);
  if (as_json) {
    const json object = {{"impl", what.impl},
                         {"topics", what.topics},
                         {"size", what.size},
                         {"count", what.count},
                         {"subscribe_per_s", found.subscribe_per_s},
                         {"bytes_per_topic", found.bytes_per_topic},
                         {"match_per_s", found.match_per_s},
                         {"miss_per_s", found.miss_per_s}};
    std::puts(object.dump().c_str());
  } else {
    std::printf("%s, %zu topics of %zu B: %.0f subscribed/s, %.0f B per topic, "
                "%.0f matched/s, %.0f unmatched/s\n",
                what.impl.c_str(), what.topics, what.size,
                found.subscribe_per_s, found.bytes_per_topic, found.match_per_s,
                found.miss_per_s);
  }
}

void run_flood(const plan& what, bool as_json) {
  const auto found = measure_flood(what);
  if (as_json) {
    const json object = {{"impl", what.impl},
                         {"size", what.size},
                         {"count", what.count},
                         {"runs", what.runs},
                         {"hellos_per_s", what.hellos_per_s},
                         {"quiet_msgs_per_s", found.quiet_msgs_per_s},
                         {"flooded_msgs_per_s", found.flooded_msgs_per_s},
                         {"flooded_to_quiet", found.flooded_to_quiet},
                         {"bad_hellos_per_s", found.bad_hellos_per_s}};
    std::puts(object.dump().c_str());
  } else {
    std::printf("%s, CURVE, %zu B: %.0f msg/s; %.0f msg/s (%.2f) amid %.0f "
                "bad HELLOs/s\n",
                what.impl.c_str(), what.size, found.quiet_msgs_per_s,
                found.flooded_msgs_per_s, found.flooded_to_quiet,
                found.bad_hellos_per_s);
  }
}

void run_handshakes(const plan& what, bool as_json) {
  const double per_s = handshakes_per_s(what);
  if (as_json) {
    const json object = {{"impl", what.impl},
                         {"mechanism", what.mechanism},
                         {"in_flight", what.in_flight},
                         {"count", what.count},
                         {"handshakes_per_s", per_s}};
    std::puts(object.dump().c_str());
  } else {
    std::printf("%s, %s, %zu in flight: %.0f handshakes/s\n", what.impl.c_str(),
                what.mechanism.c_str(), what.in_flight, per_s);
  }
}

void run_actors(const actors_plan& what, bool as_json) {
  const auto found = measure_actors(what);
  const auto rate_of = [&](const char* who) {
    for (const auto& each : found)
      if (each.who == who)
        return each.msgs_per_s;
    return 0.0;
  };
  const double libzmq = rate_of("libzmq");
  json rates;
  if (!as_json)
    std::printf("%zu B, %s, medians of %u\n", what.size,
                what.batch == 1
                  ? "singly"
                  : ("batches of " + std::to_string(what.batch)).c_str(),
                what.rounds);
  for (const auto& [who, rate] : found) {
    rates[who] = rate;
    if (!as_json)
      std::printf("  %-8s %10.0f msg/s %8.2f times libzmq\n", who.c_str(), rate,
                  libzmq > 0 ? rate / libzmq : 0);
  }
  if (as_json) {
    const json object = {{"size", what.size},       {"batch", what.batch},
                         {"count", what.count},     {"rounds", what.rounds},
                         {"workers", what.workers}, {"msgs_per_s", rates}};
    std::puts(object.dump().c_str());
  }
}

void add_actors_command(CLI::App& bench) {
  const auto what = std::make_shared<actors_plan>();
  const auto as_json = std::make_shared<bool>(false);
  auto* actors = bench.add_subcommand(
    "actors", "from actor to actor over tcp, by actors, handles and libzmq");
  actors->add_option("--size", what->size, "bytes per message")
    ->check(CLI::Range(std::size_t{8}, std::size_t{1} << 20))
    ->capture_default_str();
  actors->add_option("--batch", what->batch, "messages at once; 1: singly")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  actors->add_option("--count", what->count, "measured messages per run")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  actors->add_option("--rounds", what->rounds, "of all, in turn")
    ->check(CLI::Range(1u, 1000u))
    ->capture_default_str();
  actors->add_option("--workers", what->workers, "threads of CAF's scheduler")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  actors->add_option("--io-threads", what->io_threads, "of each context")
    ->check(CLI::Range(1, 64))
    ->capture_default_str();
  actors->add_option("--only", what->only, "one contender")
    ->check(CLI::IsMember({"actors", "mixed", "handles", "libzmq"}));
  actors->add_flag("--json", *as_json, "print one JSON object");
  actors->callback([what, as_json] { run_actors(*what, *as_json); });
}

} // namespace

void add_scale_commands(CLI::App& bench) {
  add_actors_command(bench);
  // The callbacks outlive this function.
  struct request {
    poller_plan poller;
    topics_plan topics;
    plan flood;
    plan handshakes;
    bool json = false;
  };
  const auto asked = std::make_shared<request>();

  auto* poller = bench.add_subcommand("poller", "one ready of many sockets");
  add_impl(*poller, asked->poller.impl);
  poller->add_option("--sockets", asked->poller.sockets)
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  poller->add_option("--count", asked->poller.count, "rounds per run")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  poller->add_option("--runs", asked->poller.runs)
    ->check(CLI::Range(1u, 1000u))
    ->capture_default_str();
  poller->add_flag("--json", asked->json, "print one JSON object");
  poller->callback([asked] { run_poller(asked->poller, asked->json); });

  auto* topics = bench.add_subcommand("topics", "many subscriptions");
  add_impl(*topics, asked->topics.impl);
  topics->add_option("--topics", asked->topics.topics)
    ->check(CLI::Range(1, 100'000'000))
    ->capture_default_str();
  topics->add_option("--size", asked->topics.size, "bytes per topic")
    ->check(CLI::Range(1, 255))
    ->capture_default_str();
  topics->add_option("--count", asked->topics.count, "messages of each kind")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  topics->add_flag("--json", asked->json, "print one JSON object");
  topics->callback([asked] { run_topics(asked->topics, asked->json); });

  asked->flood.mechanism = "curve";
  asked->flood.count = 1'000'000;
  auto* flood =
    bench.add_subcommand("flood", "a CURVE peer amid a flood of bad HELLOs");
  add_impl(*flood, asked->flood.impl);
  flood->add_option("--size", asked->flood.size, "bytes per message")
    ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 30))
    ->capture_default_str();
  flood
    ->add_option("--count", asked->flood.count,
                 "measured messages per run without the flood, and amid it")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  flood->add_option("--runs", asked->flood.runs, "of both, in turn")
    ->check(CLI::Range(1u, 1000u))
    ->capture_default_str();
  flood
    ->add_option("--hellos-per-s", asked->flood.hellos_per_s,
                 "how many are said")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  flood->add_flag("--json", asked->json, "print one JSON object");
  flood->callback([asked] { run_flood(asked->flood, asked->json); });

  asked->handshakes.count = 5'000;
  asked->handshakes.in_flight = 8;
  auto* handshakes = bench.add_subcommand(
    "handshakes", "sockets that open, shake hands and close, over tcp");
  add_impl(*handshakes, asked->handshakes.impl);
  handshakes->add_option("--mechanism", asked->handshakes.mechanism)
    ->check(CLI::IsMember({"null", "plain", "curve"}))
    ->capture_default_str();
  handshakes
    ->add_option("--in-flight", asked->handshakes.in_flight,
                 "sockets under way")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  handshakes
    ->add_option("--count", asked->handshakes.count, "measured handshakes")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  handshakes->add_flag("--json", asked->json, "print one JSON object");
  handshakes->callback(
    [asked] { run_handshakes(asked->handshakes, asked->json); });
}

} // namespace zmqrt::bench
