// SPDX-License-Identifier: MPL-2.0
//
// See topic_index.hpp.

#include "libzmqrt/patterns/topic_index.hpp"

#include <algorithm>

namespace zmqrt::patterns {

namespace {

constexpr std::uint32_t only(pipe_id pipe) noexcept {
  return 2 * pipe + 2;
}
constexpr bool is_set(std::uint32_t value) noexcept {
  return value % 2 != 0;
}
constexpr std::uint32_t place_of(std::uint32_t value) noexcept {
  return value / 2;
}
constexpr pipe_id pipe_of(std::uint32_t value) noexcept {
  return value / 2 - 1;
}

/// Fewer are not worth sweeping.
constexpr std::size_t least_sweep = 64;

} // namespace

bool topic_index::has(std::uint32_t value, pipe_id pipe) const noexcept {
  if (value == 0)
    return false;
  if (!is_set(value))
    return pipe_of(value) == pipe;
  const set& all = sets_[place_of(value)];
  return std::binary_search(all.begin(), all.end(), pipe);
}

topic_index::change topic_index::add(std::string_view topic, pipe_id pipe) {
  if (pipe >= of_pipe_.size()) {
    seen_.resize(pipe + 1);
    of_pipe_.resize(pipe + 1);
  }
  const auto node = tree_.insert(topic);
  std::uint32_t& value = tree_.value(node);
  if (has(value, pipe))
    return {};
  // First what may fail: a place without the topic is only stale.
  remember(pipe, node);
  if (value == 0) {
    value = only(pipe);
    ++topics_;
    return {true, true};
  }
  if (!is_set(value)) {
    if (free_sets_.empty()) {
      sets_.emplace_back();
      free_sets_.push_back(static_cast<std::uint32_t>(sets_.size() - 1));
    }
    set& fresh = sets_[free_sets_.back()];
    fresh.assign({pipe_of(value), pipe});
    std::sort(fresh.begin(), fresh.end());
    value = 2 * free_sets_.back() + 1;
    free_sets_.pop_back();
    return {true, false};
  }
  set& all = sets_[place_of(value)];
  all.insert(std::lower_bound(all.begin(), all.end(), pipe), pipe);
  return {true, false};
}

topic_index::change topic_index::remove(std::string_view topic, pipe_id pipe) {
  const auto node = tree_.find(topic);
  if (node == topic_tree::no_node || !has(tree_.value(node), pipe))
    return {};
  const bool last = drop(node, pipe);
  if (last)
    forget(node);
  subscriptions& own = of_pipe_[pipe];
  if (++own.ended > least_sweep && own.ended > own.nodes.size() / 2)
    sweep(pipe);
  return {true, last};
}

bool topic_index::drop(topic_tree::node_id node, pipe_id pipe) noexcept {
  const std::uint32_t value = tree_.value_if_any(node);
  if (!has(value, pipe)) // a stale place
    return false;
  if (!is_set(value))
    return true;
  set& all = sets_[place_of(value)];
  all.erase(std::lower_bound(all.begin(), all.end(), pipe));
  if (all.size() == 1) {
    tree_.value(node) = only(all.front());
    free_sets_.push_back(place_of(value));
    set{}.swap(all);
  }
  return false;
}

void topic_index::forget(topic_tree::node_id node) noexcept {
  tree_.erase(node);
  --topics_;
}

void topic_index::remember(pipe_id pipe, topic_tree::node_id node) {
  of_pipe_[pipe].nodes.push_back(node);
}

void topic_index::sweep(pipe_id pipe) {
  subscriptions& own = of_pipe_[pipe];
  auto& nodes = own.nodes;
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::erase_if(nodes, [&](topic_tree::node_id node) {
    return !has(tree_.value_if_any(node), pipe);
  });
  nodes.shrink_to_fit();
  own.ended = 0;
}

// -- matching -----------------------------------------------------------------

std::span<const pipe_id> topic_index::match(std::string_view first_frame) {
  found_.clear();
  if (++match_ == 0) { // all numbers were used
    std::fill(seen_.begin(), seen_.end(), 0);
    match_ = 1;
  }
  bool first = true;
  std::span<const pipe_id> all;
  tree_.each_prefix(first_frame, [&](std::uint32_t value) {
    // One topic alone needs no marks.
    if (first && is_set(value)) {
      all = sets_[place_of(value)];
    } else {
      if (!all.empty()) {
        for (const pipe_id pipe : all)
          seen_[pipe] = match_;
        found_.assign(all.begin(), all.end());
        all = {};
      }
      collect(value);
    }
    first = false;
    return true;
  });
  return all.empty() ? std::span<const pipe_id>{found_} : all;
}

void topic_index::collect(std::uint32_t value) {
  const auto take = [this](pipe_id pipe) {
    if (seen_[pipe] == match_)
      return;
    seen_[pipe] = match_;
    found_.push_back(pipe);
  };
  if (!is_set(value)) {
    take(pipe_of(value));
    return;
  }
  for (const pipe_id pipe : sets_[place_of(value)])
    take(pipe);
}

std::size_t topic_index::memory() const noexcept {
  std::size_t sum = tree_.memory() + sets_.capacity() * sizeof(set)
                    + of_pipe_.capacity() * sizeof(subscriptions);
  for (const set& each : sets_)
    sum += each.capacity() * sizeof(pipe_id);
  for (const subscriptions& each : of_pipe_)
    sum += each.nodes.capacity() * sizeof(topic_tree::node_id);
  return sum;
}

} // namespace zmqrt::patterns
