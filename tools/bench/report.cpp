// SPDX-License-Identifier: MPL-2.0
//
// Medians and spread over the runs.

#include "tools/bench/report.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace zmqrt::bench {

namespace {

using json = nlohmann::ordered_json;

template <class Sample>
std::vector<double> sorted(const std::vector<Sample>& runs,
                           double Sample::*member) {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const auto& run : runs)
    values.push_back(run.*member);
  std::sort(values.begin(), values.end());
  return values;
}

template <class Sample>
double median(const std::vector<Sample>& runs, double Sample::*member) {
  const auto values = sorted(runs, member);
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

std::string impl_of(const plan& what) {
  return what.tuned ? what.impl + "-tuned" : what.impl;
}

json head(const plan& what) {
  json object = {{"impl", impl_of(what)},
                 {"transport", what.transport},
                 {"size", what.size},
                 {"count", what.count},
                 {"runs", what.runs}};
  if (what.mechanism != "null")
    object["mechanism"] = what.mechanism;
  if (what.pattern != "push-pull") {
    object["pattern"] = what.pattern;
    object["peers"] = what.peers;
    object["match_one_in"] = what.match_one_in;
    object["in_flight"] = what.in_flight;
  }
  return object;
}

void add_placement(json& object, std::optional<double> cache_line_ns) {
  object["cache_line_ns"] =
    cache_line_ns ? json(*cache_line_ns) : json(nullptr);
}

double mb_per_s(const plan& what, double msgs_per_s) {
  return msgs_per_s * static_cast<double>(what.size) / 1e6;
}

std::string head_text(const plan& what, std::optional<double> cache_line_ns) {
  char line[160];
  std::snprintf(line, sizeof line, "%s, %s, %zu B, %llu messages, %u runs; ",
                impl_of(what).c_str(), what.transport.c_str(), what.size,
                static_cast<unsigned long long>(what.count), what.runs);
  std::string text = line;
  if (what.pattern != "push-pull")
    text = what.pattern + ", " + std::to_string(what.peers) + " peers, " + text;
  if (what.mechanism != "null")
    text = what.mechanism + ", " + text;
  if (!cache_line_ns)
    return text + "one core\n";
  std::snprintf(line, sizeof line, "cache line between the cores: %.0f ns\n",
                *cache_line_ns);
  return text + line;
}

} // namespace

std::string report_json(const plan& what,
                        const std::vector<throughput_sample>& runs,
                        std::optional<double> cache_line_ns) {
  auto object = head(what);
  const auto rates = sorted(runs, &throughput_sample::msgs_per_s);
  const auto rate = median(runs, &throughput_sample::msgs_per_s);
  object["msgs_per_s"] = rate;
  object["mb_per_s"] = mb_per_s(what, rate);
  object["msgs_per_s_min"] = rates.front();
  object["msgs_per_s_max"] = rates.back();
  if (what.pattern == "push-pull")
    object["cpu_ns_per_msg"] = median(runs, &throughput_sample::cpu_ns_per_msg);
  add_placement(object, cache_line_ns);
  return object.dump();
}

std::string report_json(const plan& what,
                        const std::vector<latency_sample>& runs,
                        std::optional<double> cache_line_ns) {
  auto object = head(what);
  object["rtt_us_p50"] = median(runs, &latency_sample::rtt_us_p50);
  object["rtt_us_p99"] = median(runs, &latency_sample::rtt_us_p99);
  object["rtt_us_mean"] = median(runs, &latency_sample::rtt_us_mean);
  add_placement(object, cache_line_ns);
  return object.dump();
}

std::string report_text(const plan& what,
                        const std::vector<throughput_sample>& runs,
                        std::optional<double> cache_line_ns) {
  const auto rates = sorted(runs, &throughput_sample::msgs_per_s);
  const auto rate = median(runs, &throughput_sample::msgs_per_s);
  char line[200];
  std::snprintf(line, sizeof line, "%.0f msg/s (%.0f to %.0f), %.1f MB/s", rate,
                rates.front(), rates.back(), mb_per_s(what, rate));
  std::string text = head_text(what, cache_line_ns) + line;
  if (what.pattern == "push-pull") {
    std::snprintf(line, sizeof line, ", %.0f ns CPU per message",
                  median(runs, &throughput_sample::cpu_ns_per_msg));
    text += line;
  }
  return text;
}

std::string report_text(const plan& what,
                        const std::vector<latency_sample>& runs,
                        std::optional<double> cache_line_ns) {
  char line[200];
  std::snprintf(line, sizeof line,
                "round trip %.1f us median, %.1f us 99%%, %.1f us mean",
                median(runs, &latency_sample::rtt_us_p50),
                median(runs, &latency_sample::rtt_us_p99),
                median(runs, &latency_sample::rtt_us_mean));
  return head_text(what, cache_line_ns) + line;
}

} // namespace zmqrt::bench
