// SPDX-License-Identifier: MPL-2.0
//
// A directory of its own for a test's ipc endpoints; gone with the object.

#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace zmqrt::test {

class temporary_directory {
public:
  temporary_directory() {
    auto pattern =
      (std::filesystem::temp_directory_path() / "zmqrt-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept {
    return path_;
  }
  /// The ipc endpoint of a file in it.
  [[nodiscard]] std::string endpoint(const std::string& name) const {
    return "ipc://" + (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

} // namespace zmqrt::test
