// SPDX-License-Identifier: MPL-2.0
//
// A value or an error code: what pure code answers with where a plain
// std::error_code does not do. (std::expected is out of clang 14's sight.)

#pragma once

#include <cassert>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "zmqrt/error.hpp"

namespace zmqrt {

/// Why something failed: the code, and the broken rule in words.
struct failure {
  std::error_code code;
  std::string rule;
};

template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {
  }
  result(failure why) : state_(std::in_place_index<1>, std::move(why)) {
  }
  result(std::error_code code)
    : state_(std::in_place_index<1>, failure{code, {}}) {
  }
  result(errc code) : result(make_error_code(code)) {
  }

  [[nodiscard]] bool has_value() const noexcept {
    return state_.index() == 0;
  }
  explicit operator bool() const noexcept {
    return has_value();
  }
  [[nodiscard]] T& operator*() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& operator*() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& operator*() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] T* operator->() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  [[nodiscard]] const T* operator->() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  [[nodiscard]] const failure& why() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] std::error_code code() const noexcept {
    return has_value() ? std::error_code{} : std::get_if<1>(&state_)->code;
  }

private:
  std::variant<T, failure> state_;
};

} // namespace zmqrt
