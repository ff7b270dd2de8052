// SPDX-License-Identifier: MPL-2.0
//
// Who subscribed to what, at the publisher (RFC 29): topics, each with the set
// of pipes that want it. A pipe that wants a message by several topics is
// found once. Pure, single holder.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "libzmqrt/patterns/pattern.hpp"
#include "libzmqrt/patterns/topic_tree.hpp"

namespace zmqrt::patterns {

class topic_index {
public:
  /// What a change did: to the pipe's own set, and to all pipes' together.
  struct change {
    bool of_pipe = false;
    bool of_topics = false; ///< nobody had the topic before, or has it now
  };

  change add(std::string_view topic, pipe_id pipe);
  change remove(std::string_view topic, pipe_id pipe);
  /// Ends all of a pipe's; calls `gone(topic)` for each topic that nobody has
  /// now.
  template <class Gone>
  void remove_all(pipe_id pipe, const Gone& gone) {
    if (pipe >= of_pipe_.size())
      return;
    const auto nodes = std::move(of_pipe_[pipe].nodes);
    of_pipe_[pipe] = {};
    for (const topic_tree::node_id node : nodes)
      if (drop(node, pipe)) {
        gone(tree_.topic_of(node));
        forget(node);
      }
  }

  /// The pipes that want a message whose first frame this is. Valid until the
  /// next call.
  [[nodiscard]] std::span<const pipe_id> match(std::string_view first_frame);

  /// How many topics there are.
  [[nodiscard]] std::size_t topics() const noexcept {
    return topics_;
  }
  /// What it takes, in bytes.
  [[nodiscard]] std::size_t memory() const noexcept;

private:
  // A topic's value in the tree: 0: none; an even number: that of its only
  // pipe, twice, and two; an odd one: twice the place of its set, and one.
  using set = std::vector<pipe_id>; // in order

  /// What a pipe has. Places are not searched for when one ends: the list is
  /// swept when half of it may be stale.
  struct subscriptions {
    std::vector<topic_tree::node_id> nodes;
    std::size_t ended = 0;
  };

  [[nodiscard]] bool has(std::uint32_t value, pipe_id pipe) const noexcept;
  /// The pipe no longer has the topic; true: nobody has.
  bool drop(topic_tree::node_id node, pipe_id pipe) noexcept;
  void forget(topic_tree::node_id node) noexcept;
  void remember(pipe_id pipe, topic_tree::node_id node);
  void sweep(pipe_id pipe);
  void collect(std::uint32_t value);

  topic_tree tree_;
  std::vector<set> sets_;
  std::vector<std::uint32_t> free_sets_;
  std::vector<subscriptions> of_pipe_;
  std::size_t topics_ = 0;
  // Of a match: by pipe, the number of the match that found it last.
  std::vector<std::uint32_t> seen_;
  std::uint32_t match_ = 0;
  std::vector<pipe_id> found_;
};

} // namespace zmqrt::patterns
