// SPDX-License-Identifier: MPL-2.0
//
// A radix tree of topics, each with a 32-bit value: what the subscriptions of
// both sides are kept in (RFC 29). Chains without a branch are one node, with
// up to 24 octets of topic in it, so that a million topics of 20 octets take
// some 60 bytes each. A topic's node keeps its number as long as the topic is
// there. Nothing here recurses: a topic may be as long as a message. Pure,
// single holder.

#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zmqrt::patterns {

class topic_tree {
public:
  using node_id = std::uint32_t;

  topic_tree();
  topic_tree(const topic_tree&) = delete;
  topic_tree& operator=(const topic_tree&) = delete;
  ~topic_tree();

  /// The topic's node, made if there is none; its value is 0 then, and has to
  /// be set, or the node erased.
  [[nodiscard]] node_id insert(std::string_view topic);
  /// The topic's node; none: no_node.
  [[nodiscard]] node_id find(std::string_view topic) const noexcept;
  /// Ends a topic. Gives memory back when none is left.
  void erase(node_id topic) noexcept;

  [[nodiscard]] std::uint32_t& value(node_id of) noexcept {
    return at(of).value;
  }
  [[nodiscard]] std::uint32_t value(node_id of) const noexcept {
    return at(of).value;
  }
  /// The same for a number that may be stale: 0 then, or the value of a later
  /// topic.
  [[nodiscard]] std::uint32_t value_if_any(node_id of) const noexcept {
    return of < used_ ? at(of).value : 0;
  }
  [[nodiscard]] std::string topic_of(node_id which) const;

  /// Calls `found(value)` for each topic that `text` starts with, shortest
  /// first; stops where that answers false.
  template <class Found>
  void each_prefix(std::string_view text, const Found& found) const {
    for (node_id id = root;;) {
      const node& here = at(id);
      if (here.value != 0 && !found(here.value))
        return;
      if (text.empty() || here.children == nullptr)
        return;
      id = child(here, text.front());
      if (id == no_node)
        return;
      const std::string_view label = at(id).label();
      if (!text.starts_with(label))
        return;
      text.remove_prefix(label.size());
    }
  }
  /// Calls `found(topic, value)` for each topic.
  template <class Found>
  void each(const Found& found) const {
    std::vector<node_id> open{root};
    while (!open.empty()) {
      const node_id id = open.back();
      open.pop_back();
      if (at(id).value != 0)
        found(topic_of(id), at(id).value);
      push_children(id, open);
    }
  }

  /// What it takes, in bytes.
  [[nodiscard]] std::size_t memory() const noexcept {
    return memory_;
  }

  static constexpr node_id no_node = std::numeric_limits<node_id>::max();

private:
  static constexpr node_id root = 0;
  static constexpr std::size_t inline_label = 24;
  static constexpr std::size_t chunk_nodes = 1024;

  /// First octets and nodes of the children, in no order.
  struct child_table {
    std::uint16_t count = 0;
    std::uint16_t capacity = 0;

    [[nodiscard]] unsigned char* keys() noexcept {
      return reinterpret_cast<unsigned char*>(nodes() + capacity);
    }
    [[nodiscard]] node_id* nodes() noexcept {
      return reinterpret_cast<node_id*>(this + 1);
    }
  };

  struct node {
    std::uint32_t value = 0;
    node_id parent = no_node; ///< of a free one: the next free one
    std::uint32_t label_size = 0;
    union {
      char inlined[inline_label];
      char* heap;
    };
    child_table* children = nullptr;

    node() noexcept : inlined{} {
    }
    [[nodiscard]] std::string_view label() const noexcept {
      return {label_size <= inline_label ? inlined : heap, label_size};
    }
  };

  [[nodiscard]] node& at(node_id id) noexcept {
    return chunks_[id / chunk_nodes][id % chunk_nodes];
  }
  [[nodiscard]] const node& at(node_id id) const noexcept {
    return chunks_[id / chunk_nodes][id % chunk_nodes];
  }
  [[nodiscard]] static node_id child(const node& of, char first) noexcept {
    child_table& table = *of.children;
    const void* const found =
      std::memchr(table.keys(), static_cast<unsigned char>(first), table.count);
    return found == nullptr
             ? no_node
             : table.nodes()[static_cast<const unsigned char*>(found)
                             - table.keys()];
  }
  [[nodiscard]] static std::size_t table_bytes(std::size_t capacity) noexcept {
    return sizeof(child_table) + capacity * (sizeof(node_id) + 1);
  }

  [[nodiscard]] node_id make_node(node_id parent, std::string_view label);
  void free_node(node_id id) noexcept;
  void set_label(node& of, std::string_view label);
  void drop_label(node& of) noexcept;
  [[nodiscard]] node_id split(node_id lower, std::size_t at_octet);
  void add_child(node_id parent, char first, node_id child);
  void remove_child(node_id parent, char first) noexcept;
  void replace_child(node_id parent, char first, node_id child) noexcept;
  void join_with_child(node_id upper) noexcept;
  void push_children(node_id of, std::vector<node_id>& to) const;
  void start();
  void clear() noexcept;

  std::vector<std::unique_ptr<node[]>> chunks_;
  node_id free_ = no_node;
  std::size_t used_ = 0; ///< nodes ever handed out of the chunks
  std::size_t live_ = 0; ///< nodes in the tree, the root included
  std::size_t memory_ = 0;
};

} // namespace zmqrt::patterns
