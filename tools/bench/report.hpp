// SPDX-License-Identifier: MPL-2.0
//
// What a benchmark says: a few lines for people, or one JSON object.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/bench/measure.hpp"

namespace zmqrt::bench {

/// `cache_line_ns` is the placement figure (placement.hpp).
std::string report_text(const plan& what,
                        const std::vector<throughput_sample>& runs,
                        std::optional<double> cache_line_ns);
std::string report_text(const plan& what,
                        const std::vector<latency_sample>& runs,
                        std::optional<double> cache_line_ns);
std::string report_json(const plan& what,
                        const std::vector<throughput_sample>& runs,
                        std::optional<double> cache_line_ns);
std::string report_json(const plan& what,
                        const std::vector<latency_sample>& runs,
                        std::optional<double> cache_line_ns);

} // namespace zmqrt::bench
