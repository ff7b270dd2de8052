// SPDX-License-Identifier: MPL-2.0
//
// A child process that a test talks to in lines over stdin and stdout (stderr
// is the test's own). It never outlives its object: the destructor ends it by
// its id and reaps it. One thread.

#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace zmqrt::test {

class process {
public:
  /// How long a test waits for a line before it fails.
  static constexpr std::chrono::milliseconds patience{20'000};

  /// Starts `argv[0]` (a path, or a name to be found in PATH).
  explicit process(const std::vector<std::string>& argv);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  /// Throws std::runtime_error when the child no longer reads.
  void write_line(std::string_view line);

  /// The next line without its end. Throws std::runtime_error when none comes
  /// within `limit`, or when the child has closed its stdout.
  std::string read_line(std::chrono::milliseconds limit = patience);

  /// Tells the child by end of file that nothing more will come.
  void close_stdin();

  /// Waits for the child's end and answers its exit code, 128 + n for
  /// signal n. Throws std::runtime_error when it has not ended in time.
  int wait(std::chrono::milliseconds limit = patience);

  /// SIGSTOP, SIGCONT, SIGKILL, ...
  void signal(int number);

  [[nodiscard]] pid_t pid() const noexcept {
    return pid_;
  }

private:
  [[noreturn]] void fail(const std::string& why) const;

  std::string name_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int in_ = -1;
  int out_ = -1;
  int status_ = -1;
  std::string unread_;
};

} // namespace zmqrt::test
