// SPDX-License-Identifier: MPL-2.0
//
// A file that is written whole before it is at its name. One thread.

#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace zmqrt::keygen {

class pending_file {
public:
  /// Writes it beside `path`, under a name that nobody has, and has it on disk.
  /// It is its owner's alone until it has been written; then it has `mode`,
  /// whatever the umask. Throws std::system_error.
  pending_file(std::string path, std::string_view octets, mode_t mode);
  pending_file(const pending_file&) = delete;
  pending_file& operator=(const pending_file&) = delete;
  /// What is still pending is gone.
  ~pending_file();

  /// Gives it its name, which nothing may have. Throws std::system_error.
  void publish();
  /// Gives it its name, and takes it from who has it. Throws std::system_error.
  void replace();
  /// Takes back what publish() did.
  void withdraw() noexcept;

private:
  void write(int fd, std::string_view octets, mode_t mode) const;
  [[noreturn]] void fail(const char* rule = "") const;

  std::string path_;
  std::string pending_; ///< where it is before; empty: no more
};

/// Has the names in the folder of `path` on disk, where the system can.
void sync_folder_of(const std::string& path) noexcept;

} // namespace zmqrt::keygen
