// SPDX-License-Identifier: MPL-2.0
//
// What the kernel knows about this process: open files, threads, memory. And
// a shortage of files, made on purpose.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/sanitized.hpp"

namespace zmqrt::test {

[[nodiscard]] inline std::size_t open_files() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  // One of them is the iterator's.
  return static_cast<std::size_t>(std::distance(begin(all), end(all))) - 1;
}

[[nodiscard]] inline std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// What malloc has given out.
[[nodiscard]] inline std::size_t allocated_bytes() {
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

struct thread_status {
  std::string name;
  std::uint64_t blocked_signals = 0;
  /// How often it was given the processor, about.
  std::uint64_t switches = 0;
};

/// All threads of the process but the caller, by id.
[[nodiscard]] inline std::map<std::string, thread_status> other_threads() {
  std::map<std::string, thread_status> found;
  const auto own = std::to_string(::gettid());
  for (const auto& each :
       std::filesystem::directory_iterator{"/proc/self/task"}) {
    const auto id = each.path().filename().string();
    std::ifstream file{each.path() / "status"};
    thread_status what;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words{line};
      std::string key;
      words >> key;
      if (key == "Name:") {
        words >> what.name;
      } else if (key == "SigBlk:") {
        words >> std::hex >> what.blocked_signals;
      } else if (key.ends_with("_ctxt_switches:")) {
        std::uint64_t count = 0;
        words >> count;
        what.switches += count;
      }
    }
    if (id != own && !what.name.empty())
      found.emplace(id, what);
  }
  return found;
}

/// The process may open only so many files, while this lives. To be made
/// before anything else: the ring notes the limit when it starts to accept.
class few_files {
public:
  few_files() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto fewer = before_;
    fewer.rlim_cur = 200;
    ::setrlimit(RLIMIT_NOFILE, &fewer);
  }
  ~few_files() {
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  few_files(const few_files&) = delete;
  few_files& operator=(const few_files&) = delete;

private:
  rlimit before_{};
};

/// Takes all files that are left.
class no_more_files {
public:
  no_more_files() {
    for (int next = ::dup(0); next >= 0; next = ::dup(0))
      taken_.push_back(next);
  }
  ~no_more_files() {
    for (const int each : taken_)
      ::close(each);
  }
  no_more_files(const no_more_files&) = delete;
  no_more_files& operator=(const no_more_files&) = delete;

private:
  std::vector<int> taken_;
};

} // namespace zmqrt::test
