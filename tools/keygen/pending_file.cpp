// SPDX-License-Identifier: MPL-2.0
//
// mkostemp, fsync, link or rename. See the header.

#include "tools/keygen/pending_file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/keygen/descriptor.hpp"

namespace zmqrt::keygen {

pending_file::pending_file(std::string path, std::string_view octets,
                           mode_t mode)
  : path_(std::move(path)), pending_(path_ + ".XXXXXX") {
  // O_CREAT | O_EXCL with 0600 (mkstemp(3)).
  descriptor fd(::mkostemp(pending_.data(), O_CLOEXEC));
  if (fd.get() < 0) {
    pending_.clear();
    fail();
  }
  try {
    write(fd.get(), octets, mode);
    if (fd.close() != 0)
      fail();
  } catch (...) {
    ::unlink(pending_.c_str());
    throw;
  }
}

pending_file::~pending_file() {
  if (!pending_.empty())
    ::unlink(pending_.c_str());
}

void pending_file::publish() {
  // A rename would take the name from who has it; a link does not.
  if (::link(pending_.c_str(), path_.c_str()) != 0)
    fail(errno == EEXIST ? ": is replaced with --force only" : "");
  ::unlink(pending_.c_str());
  pending_.clear();
}

void pending_file::replace() {
  if (::rename(pending_.c_str(), path_.c_str()) != 0)
    fail();
  pending_.clear();
}

void pending_file::withdraw() noexcept {
  ::unlink(path_.c_str());
}

void pending_file::write(int fd, std::string_view octets, mode_t mode) const {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n < 0 && errno != EINTR)
      fail();
    if (n > 0)
      octets.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fchmod(fd, mode) != 0 || ::fsync(fd) != 0)
    fail();
}

void pending_file::fail(const char* rule) const {
  throw std::system_error(errno, std::generic_category(), path_ + rule);
}

void sync_folder_of(const std::string& path) noexcept {
  const auto slash = path.rfind('/');
  const auto folder =
    slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  const descriptor fd(
    ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Not every file system can, and not everybody may read a folder.
  if (fd.get() >= 0)
    (void)::fsync(fd.get());
}

} // namespace zmqrt::keygen
