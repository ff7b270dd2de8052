// SPDX-License-Identifier: MPL-2.0
//
// Makes the answers to refused requests.

#pragma once

#include <string>
#include <system_error>

#include "actors/messages.hpp"
#include "libzmqrt/message/result.hpp"

namespace zmqrt::actors {

[[nodiscard]] inline answer refused(std::error_code code, std::string subject,
                                    std::string rule = {}) {
  return {code.value(), std::move(subject), std::move(rule), 0};
}

[[nodiscard]] inline answer refused(errc code, std::string subject,
                                    std::string rule = {}) {
  return refused(make_error_code(code), std::move(subject), std::move(rule));
}

[[nodiscard]] inline answer refused(const failure& why, std::string subject) {
  return refused(why.code, std::move(subject), why.rule);
}

} // namespace zmqrt::actors
