// SPDX-License-Identifier: MPL-2.0
//
// See routing_table.hpp.

#include "libzmqrt/patterns/routing_table.hpp"

namespace zmqrt::patterns {

void routing_table::enter(std::string_view id, pipe_id pipe) {
  if (pipe >= ids_.size())
    ids_.resize(pipe + 1);
  pipes_.insert_or_assign(std::string{id}, pipe);
  ids_[pipe] = frame{id};
}

void routing_table::withdraw(pipe_id pipe) noexcept {
  if (!knows(pipe))
    return;
  const auto at = pipes_.find(ids_[pipe].view());
  if (at != pipes_.end() && at->second == pipe)
    pipes_.erase(at);
}

void routing_table::forget(pipe_id pipe) noexcept {
  withdraw(pipe);
  if (pipe < ids_.size())
    ids_[pipe] = frame{};
}

std::string routing_table::make_id() {
  std::string made;
  do {
    ++last_made_;
    made.assign(1, '\0');
    for (unsigned shift = 24; made.size() < 5; shift -= 8)
      made += static_cast<char>(last_made_ >> shift & 0xff);
  } while (find(made) != no_pipe);
  return made;
}

} // namespace zmqrt::patterns
