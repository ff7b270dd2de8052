// SPDX-License-Identifier: MPL-2.0
//
// The loggers and the sink that hands their lines to the application. They
// are never destroyed: the runtime's threads may outlive static objects.

#include "actors/logging/loggers.hpp"

#include <array>
#include <memory>
#include <mutex>

#include <spdlog/sinks/base_sink.h>

#include "zmqrt/logging.hpp"

namespace zmqrt::actors::logging {

namespace {

class forwarding_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  void forward_to(log_sink target) {
    std::lock_guard guard{mutex_};
    target_ = std::move(target);
  }

protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    if (target_)
      target_(level_of(line.level),
              {line.logger_name.data(), line.logger_name.size()},
              {line.payload.data(), line.payload.size()});
  }
  void flush_() override {
  }

private:
  static log_level level_of(spdlog::level::level_enum level) noexcept {
    switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return log_level::debug;
    case spdlog::level::info:
      return log_level::info;
    case spdlog::level::warn:
      return log_level::warning;
    default:
      return log_level::error;
    }
  }

  log_sink target_;
};

struct all_loggers {
  std::shared_ptr<forwarding_sink> sink = std::make_shared<forwarding_sink>();
  spdlog::logger context{"zmqrt.context", sink};
  spdlog::logger listener{"zmqrt.listener", sink};
  spdlog::logger connector{"zmqrt.connector", sink};
  spdlog::logger session{"zmqrt.session", sink};

  all_loggers() {
    set_level(spdlog::level::off);
  }
  void set_level(spdlog::level::level_enum level) {
    for (auto* which : {&context, &listener, &connector, &session})
      which->set_level(level);
  }
};

all_loggers& all() {
  static auto* const loggers = new all_loggers;
  return *loggers;
}

} // namespace

spdlog::logger& session() {
  return all().session;
}
spdlog::logger& listener() {
  return all().listener;
}
spdlog::logger& connector() {
  return all().connector;
}
spdlog::logger& context() {
  return all().context;
}

} // namespace zmqrt::actors::logging

namespace zmqrt {

void set_log_sink(log_level least, log_sink sink) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn, spdlog::level::err,
                              spdlog::level::off};
  auto& loggers = actors::logging::all();
  const bool silent = !sink;
  loggers.sink->forward_to(std::move(sink));
  loggers.set_level(silent ? spdlog::level::off
                           : levels[static_cast<std::size_t>(least)]);
}

} // namespace zmqrt
