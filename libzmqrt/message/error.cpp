// SPDX-License-Identifier: MPL-2.0
//
// The error category: texts for ZeroMQ's own codes, the system's for the
// rest, and how error::what() is put together. Any thread.

#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

class category final : public std::error_category {
public:
  [[nodiscard]] const char* name() const noexcept override {
    return "zmqrt";
  }

  [[nodiscard]] std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
    case errc::again:
      return "the call would block, or its time ran out";
    case errc::not_a_socket:
      return "the handle is closed";
    case errc::not_supported:
      return "the socket type does not offer this";
    case errc::no_such_endpoint:
      return "no such endpoint";
    case errc::protocol_not_supported:
      return "transport not supported";
    case errc::would_deadlock:
      return "a blocking call on a reactor's own thread";
    case errc::fsm:
      return "not allowed in the socket's present state";
    case errc::no_compatible_protocol:
      return "the transport does not go with the socket type";
    case errc::terminated:
      return "the context is terminated";
    case errc::no_io_thread:
      return "no I/O thread is available";
    default:
      return std::generic_category().message(value);
    }
  }

  // So that code == std::errc::invalid_argument and the like hold.
  [[nodiscard]] std::error_condition
  default_error_condition(int value) const noexcept override {
    if (value >= static_cast<int>(errc::fsm))
      return {value, *this};
    return {value, std::generic_category()};
  }
};

// Never destroyed: codes may be looked at while the process exits.
union forever {
  constexpr forever() noexcept : value() {
  }
  ~forever() {
  }
  category value;
};
constinit const forever instance;

std::string text_of(std::string_view subject, std::string_view rule) {
  std::string text{subject};
  if (!subject.empty() && !rule.empty())
    text += ": ";
  text += rule;
  return text;
}

} // namespace

const std::error_category& error_category() noexcept {
  return instance.value;
}

// "subject: rule: what the code says", each part where there is one.
error::error(std::error_code code, std::string_view subject,
             std::string_view rule)
  : std::system_error(code, text_of(subject, rule)), subject_(subject) {
}

error::~error() = default;

} // namespace zmqrt
