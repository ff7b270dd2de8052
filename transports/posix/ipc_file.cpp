// SPDX-License-Identifier: MPL-2.0
//
// Files of ipc endpoints. See ipc_file.hpp.

#include "transports/posix/ipc_file.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zmqrt::transports {

namespace {

/// Whether `path` is a socket, and which.
bool find_socket(const std::string& path, struct stat& found) noexcept {
  return lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

/// A socket file that no socket is bound to any more refuses connections. One
/// of another type than the listener's is told so, and bothers nobody.
bool is_stale(const address& where) noexcept {
  const descriptor probe{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  return probe && connect(probe.get(), where.raw(), where.size()) != 0
         && errno == ECONNREFUSED;
}

/// Removes `path` only if it is the very file that was looked at.
bool remove_same(const std::string& path, const struct stat& seen) noexcept {
  struct stat present {};
  return find_socket(path, present) && present.st_dev == seen.st_dev
         && present.st_ino == seen.st_ino && unlink(path.c_str()) == 0;
}

/// One name for all spellings of a path.
std::string lock_name(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder =
    slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0)
    return {};
  auto out = "zmqrt-bind-" + std::to_string(found.st_dev) + "-"
             + std::to_string(found.st_ino) + "-" + path.substr(slash + 1);
  out.resize(std::min(out.size(), sizeof(sockaddr_un::sun_path) - 1));
  return out;
}

} // namespace

ipc_bind_lock::ipc_bind_lock(const address& where) {
  const auto name = address::ipc(lock_name(where.host()), true);
  if (!name)
    return;
  descriptor lock{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (lock && ::bind(lock.get(), name->raw(), name->size()) == 0)
    socket_ = std::move(lock);
}

ipc_file::ipc_file(ipc_file&& other) noexcept
  : where_(std::exchange(other.where_, {})), device_(other.device_),
    inode_(other.inode_) {
}

ipc_file& ipc_file::operator=(ipc_file&& other) noexcept {
  std::swap(where_, other.where_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

ipc_file::~ipc_file() {
  if (where_.size() == 0)
    return;
  struct stat ours {};
  ours.st_dev = device_;
  ours.st_ino = inode_;
  remove_same(where_.host(), ours);
}

std::error_code ipc_file::bind(int fd, const address& where, bool take_over) {
  const auto path = where.host();
  const auto attempt = [&] {
    return ::bind(fd, where.raw(), where.size()) == 0 ? 0 : errno;
  };
  auto error = attempt();
  if (error == EADDRINUSE && take_over) {
    struct stat found {};
    if (find_socket(path, found) && is_stale(where) && remove_same(path, found))
      error = attempt();
  }
  if (error != 0)
    return errno_code(error);
  struct stat bound {};
  if (find_socket(path, bound)) {
    where_ = where;
    device_ = bound.st_dev;
    inode_ = bound.st_ino;
  }
  return {};
}

} // namespace zmqrt::transports
