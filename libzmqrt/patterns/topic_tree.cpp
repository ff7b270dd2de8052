// SPDX-License-Identifier: MPL-2.0
//
// See topic_tree.hpp.

#include "libzmqrt/patterns/topic_tree.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace zmqrt::patterns {

topic_tree::topic_tree() {
  start();
}

topic_tree::~topic_tree() {
  clear();
}

void topic_tree::start() {
  (void)make_node(no_node, {}); // the root, which is never erased
}

void topic_tree::clear() noexcept {
  for (node_id id = 0; id < used_; ++id) {
    drop_label(at(id));
    ::operator delete(at(id).children);
  }
  chunks_.clear();
  free_ = no_node;
  used_ = live_ = memory_ = 0;
}

// -- looking up ---------------------------------------------------------------

topic_tree::node_id topic_tree::find(std::string_view topic) const noexcept {
  node_id id = root;
  while (!topic.empty()) {
    const node& here = at(id);
    id = here.children == nullptr ? no_node : child(here, topic.front());
    if (id == no_node)
      return no_node;
    const std::string_view label = at(id).label();
    if (!topic.starts_with(label))
      return no_node;
    topic.remove_prefix(label.size());
  }
  return at(id).value == 0 ? no_node : id;
}

std::string topic_tree::topic_of(node_id which) const {
  std::size_t size = 0;
  for (node_id id = which; id != root; id = at(id).parent)
    size += at(id).label_size;
  std::string topic(size, '\0');
  for (node_id id = which; id != root; id = at(id).parent) {
    const std::string_view label = at(id).label();
    size -= label.size();
    std::copy(label.begin(), label.end(), topic.begin() + size);
  }
  return topic;
}

void topic_tree::push_children(node_id of, std::vector<node_id>& to) const {
  child_table* const table = at(of).children;
  if (table != nullptr)
    to.insert(to.end(), table->nodes(), table->nodes() + table->count);
}

// -- growing ------------------------------------------------------------------

topic_tree::node_id topic_tree::insert(std::string_view topic) {
  node_id id = root;
  while (!topic.empty()) {
    const node& here = at(id);
    const node_id below =
      here.children == nullptr ? no_node : child(here, topic.front());
    if (below == no_node) {
      const node_id made = make_node(id, topic);
      try {
        add_child(id, topic.front(), made);
      } catch (const std::bad_alloc&) {
        free_node(made);
        throw;
      }
      return made;
    }
    const std::string_view label = at(below).label();
    const auto parting =
      std::mismatch(label.begin(), label.end(), topic.begin(), topic.end());
    const auto same = static_cast<std::size_t>(parting.first - label.begin());
    id = same == label.size() ? below : split(below, same);
    topic.remove_prefix(same);
  }
  return id;
}

/// Puts a node above `lower` that has the first octets of its label.
topic_tree::node_id topic_tree::split(node_id lower, std::size_t at_octet) {
  const std::string label{at(lower).label()};
  const node_id parent = at(lower).parent;
  const std::string_view head = std::string_view{label}.substr(0, at_octet);
  const std::string_view tail = std::string_view{label}.substr(at_octet);
  const node_id upper = make_node(parent, head);
  try {
    add_child(upper, tail.front(), lower);
    set_label(at(lower), tail);
  } catch (const std::bad_alloc&) {
    free_node(upper);
    throw;
  }
  at(lower).parent = upper;
  replace_child(parent, head.front(), upper);
  return upper;
}

topic_tree::node_id topic_tree::make_node(node_id parent,
                                          std::string_view label) {
  node_id id = free_;
  if (id == no_node) {
    if (used_ == chunks_.size() * chunk_nodes) {
      chunks_.push_back(std::make_unique<node[]>(chunk_nodes));
      memory_ += chunk_nodes * sizeof(node);
    }
    id = static_cast<node_id>(used_);
    set_label(at(id), label);
    ++used_;
  } else {
    set_label(at(id), label);
    free_ = at(id).parent;
  }
  ++live_;
  at(id).parent = parent;
  return id;
}

void topic_tree::set_label(node& of, std::string_view label) {
  char* heap = nullptr;
  if (label.size() > inline_label) {
    heap = static_cast<char*>(::operator new(label.size()));
    memory_ += label.size();
    std::memcpy(heap, label.data(), label.size());
  }
  drop_label(of);
  of.label_size = static_cast<std::uint32_t>(label.size());
  if (heap != nullptr)
    of.heap = heap;
  else if (!label.empty())
    std::memcpy(of.inlined, label.data(), label.size());
}

void topic_tree::add_child(node_id parent, char first, node_id child) {
  child_table*& table = at(parent).children;
  if (table == nullptr || table->count == table->capacity) {
    const std::size_t before = table == nullptr ? 0 : table->capacity;
    const std::size_t capacity = std::clamp<std::size_t>(
      before + before / 2, before + 2, std::size_t{256} + 1);
    auto* const grown = ::new (::operator new(table_bytes(capacity)))
      child_table{0, static_cast<std::uint16_t>(capacity)};
    memory_ += table_bytes(capacity);
    if (table != nullptr) {
      grown->count = table->count;
      std::copy_n(table->nodes(), table->count, grown->nodes());
      std::copy_n(table->keys(), table->count, grown->keys());
      memory_ -= table_bytes(before);
      ::operator delete(table);
    }
    table = grown;
  }
  table->keys()[table->count] = static_cast<unsigned char>(first);
  table->nodes()[table->count] = child;
  ++table->count;
}

// -- shrinking ----------------------------------------------------------------

void topic_tree::erase(node_id topic) noexcept {
  at(topic).value = 0;
  node_id id = topic;
  if (id != root && at(id).children == nullptr) {
    const node_id parent = at(id).parent;
    remove_child(parent, at(id).label().front());
    free_node(id);
    id = parent;
  }
  if (id != root && at(id).value == 0 && at(id).children != nullptr
      && at(id).children->count == 1)
    join_with_child(id);
  if (live_ == 1 && at(root).value == 0 && used_ > chunk_nodes) {
    clear();
    start();
  }
}

/// The child takes the label and the place of a node that has become a mere
/// link; where there is no memory for that, the link stays.
void topic_tree::join_with_child(node_id upper) noexcept {
  const node_id lower = at(upper).children->nodes()[0];
  try {
    std::string label{at(upper).label()};
    label += at(lower).label();
    set_label(at(lower), label);
  } catch (const std::bad_alloc&) {
    return;
  }
  const node_id parent = at(upper).parent;
  at(lower).parent = parent;
  replace_child(parent, at(lower).label().front(), lower);
  free_node(upper);
}

void topic_tree::remove_child(node_id parent, char first) noexcept {
  child_table*& table = at(parent).children;
  const auto index =
    static_cast<unsigned char*>(std::memchr(
      table->keys(), static_cast<unsigned char>(first), table->count))
    - table->keys();
  --table->count;
  table->keys()[index] = table->keys()[table->count];
  table->nodes()[index] = table->nodes()[table->count];
  if (table->count == 0) {
    memory_ -= table_bytes(table->capacity);
    ::operator delete(std::exchange(table, nullptr));
  }
}

void topic_tree::replace_child(node_id parent, char first,
                               node_id child) noexcept {
  child_table& table = *at(parent).children;
  const auto index =
    static_cast<unsigned char*>(
      std::memchr(table.keys(), static_cast<unsigned char>(first), table.count))
    - table.keys();
  table.nodes()[index] = child;
}

void topic_tree::free_node(node_id id) noexcept {
  node& gone = at(id);
  drop_label(gone);
  gone.label_size = 0;
  if (gone.children != nullptr) {
    memory_ -= table_bytes(gone.children->capacity);
    ::operator delete(std::exchange(gone.children, nullptr));
  }
  gone.value = 0;
  gone.parent = std::exchange(free_, id);
  --live_;
}

void topic_tree::drop_label(node& of) noexcept {
  if (of.label_size <= inline_label)
    return;
  memory_ -= of.label_size;
  ::operator delete(of.heap);
  of.label_size = 0;
}

} // namespace zmqrt::patterns
