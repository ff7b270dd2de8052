// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt bench poller` and `zmqrt bench topics`.

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/bench/command.hpp"
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

} // namespace

void add_scale_commands(CLI::App& bench) {
  // The callbacks outlive this function.
  struct request {
    poller_plan poller;
    topics_plan topics;
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
}

} // namespace zmqrt::bench
