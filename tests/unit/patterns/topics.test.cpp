// SPDX-License-Identifier: MPL-2.0
//
// The topic tree and the index of subscriptions, against a plain map.

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "libzmqrt/patterns/topic_index.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt::patterns;

namespace {

using model = std::map<std::string, std::set<pipe_id>>;

std::set<pipe_id> wanting(const model& all, std::string_view text) {
  std::set<pipe_id> found;
  for (const auto& [topic, pipes] : all)
    if (text.starts_with(topic))
      found.insert(pipes.begin(), pipes.end());
  return found;
}

/// As a set; fails where a pipe is found twice.
std::set<pipe_id> matched(topic_index& index, std::string_view text) {
  const auto found = index.match(text);
  std::set<pipe_id> all(found.begin(), found.end());
  CHECK(all.size() == found.size());
  return all;
}

/// Topics that share beginnings: few letters, many lengths, any octet.
std::string random_topic(std::mt19937& random) {
  static const std::string letters{"ab\0\xff", 4};
  const auto size = random() % (random() % 8 == 0 ? 60 : 7);
  std::string made;
  while (made.size() < size)
    made += letters[random() % letters.size()];
  return made;
}

} // namespace

TEST_CASE("a topic tree finds what it holds, and nothing else") {
  topic_tree tree;
  const std::string long_topic(100'000, 'x');
  const std::vector<std::string> topics{"",
                                        "a",
                                        "abc",
                                        "abd",
                                        "ab",
                                        std::string(24, 'y'),
                                        std::string(25, 'y'),
                                        long_topic,
                                        long_topic + "z",
                                        std::string("\0", 1)};
  std::uint32_t next = 1;
  for (const auto& topic : topics)
    tree.value(tree.insert(topic)) = next++;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    const auto node = tree.find(topics[i]);
    REQUIRE(node != topic_tree::no_node);
    CHECK(tree.value(node) == i + 1);
    CHECK(tree.topic_of(node) == topics[i]);
  }
  CHECK(tree.find("abcd") == topic_tree::no_node);
  CHECK(tree.find(std::string(23, 'y')) == topic_tree::no_node);
  std::vector<std::uint32_t> path;
  tree.each_prefix("abcde", [&](std::uint32_t value) {
    path.push_back(value);
    return true;
  });
  CHECK(path == std::vector<std::uint32_t>{1, 2, 5, 3});
  std::set<std::string> all;
  tree.each([&](const std::string& topic, std::uint32_t) {
    CHECK(all.insert(topic).second);
  });
  CHECK(all == std::set<std::string>(topics.begin(), topics.end()));
  for (const auto& topic : topics)
    tree.erase(tree.find(topic));
  for (const auto& topic : topics)
    CHECK(tree.find(topic) == topic_tree::no_node);
}

TEST_CASE("a node keeps its number while topics come and go around it") {
  topic_tree tree;
  const auto node = tree.insert("abcdef");
  tree.value(node) = 1;
  for (const char* other : {"abcxyz", "ab", "abcdefgh", "abcdeX"})
    tree.value(tree.insert(other)) = 2;
  CHECK(tree.find("abcdef") == node);
  for (const char* other : {"abcxyz", "ab", "abcdefgh", "abcdeX"})
    tree.erase(tree.find(other));
  CHECK(tree.find("abcdef") == node);
  CHECK(tree.topic_of(node) == "abcdef");
}

TEST_CASE("the index says what a plain map says") {
  const auto seed = GENERATE(range(0U, 20U));
  CAPTURE(seed);
  std::mt19937 random{seed};
  topic_index index;
  model plain;
  const auto pipes = static_cast<pipe_id>(1 + random() % 12);
  for (int step = 0; step < 3000; ++step) {
    const auto topic = random_topic(random);
    const auto pipe = static_cast<pipe_id>(random() % pipes);
    const auto what = random() % 100;
    if (what < 45) {
      const auto done = index.add(topic, pipe);
      CHECK(done.of_topics == plain[topic].empty());
      CHECK(done.of_pipe == plain[topic].insert(pipe).second);
    } else if (what < 80) {
      const auto done = index.remove(topic, pipe);
      const bool had = plain.contains(topic) && plain[topic].erase(pipe) != 0;
      CHECK(done.of_pipe == had);
      CHECK(done.of_topics == (had && plain[topic].empty()));
      if (plain[topic].empty())
        plain.erase(topic);
    } else if (what < 82) {
      std::set<std::string> gone;
      index.remove_all(pipe,
                       [&](const std::string& each) { gone.insert(each); });
      std::set<std::string> expected;
      for (auto& [each, all] : plain)
        if (all.erase(pipe) != 0 && all.empty())
          expected.insert(each);
      std::erase_if(plain, [](const auto& at) { return at.second.empty(); });
      CHECK(gone == expected);
    } else {
      CHECK(matched(index, topic) == wanting(plain, topic));
    }
    REQUIRE(index.topics() == plain.size());
  }
}

TEST_CASE("many topics cost little, and nothing when they are gone") {
  std::mt19937 random{1};
  topic_index index;
  const std::size_t before = index.memory();
  std::vector<std::string> topics;
  for (int i = 0; i < 100'000; ++i) {
    std::string topic(20, '\0');
    for (char& each : topic)
      each = static_cast<char>(random());
    topics.push_back(topic);
    (void)index.add(topic, 1);
  }
  CHECK(index.topics() == topics.size());
  CHECK(index.memory() / topics.size() < 100);
  CHECK(matched(index, topics[7] + "more") == std::set<pipe_id>{1});
  CHECK(index.match(topics[7].substr(0, 19)).empty());
  SECTION("one by one") {
    for (const auto& topic : topics)
      CHECK(index.remove(topic, 1).of_topics);
  }
  SECTION("with their pipe") {
    std::size_t gone = 0;
    index.remove_all(1, [&](const std::string&) { ++gone; });
    CHECK(gone == topics.size());
  }
  CHECK(index.topics() == 0);
  CHECK(index.memory() < before + 4096);
}

TEST_CASE("stale places of a tree that was given back harm nobody") {
  topic_index index;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 3000; ++i)
      (void)index.add(std::to_string(i) + "#", 0);
    for (int i = 0; i < 3000; ++i)
      CHECK(index.remove(std::to_string(i) + "#", 0).of_topics);
    for (int i = 0; i < 200; ++i) {
      (void)index.add("a", 0);
      CHECK(index.remove("a", 0).of_topics);
    }
    (void)index.add("kept", 0);
    std::vector<std::string> gone;
    index.remove_all(0, [&](const std::string& each) { gone.push_back(each); });
    CHECK(gone == std::vector<std::string>{"kept"});
    CHECK(index.topics() == 0);
  }
}

TEST_CASE("a thousand pipes with one topic in common") {
  topic_index index;
  for (pipe_id pipe = 0; pipe < 1000; ++pipe) {
    CHECK(index.add("", pipe).of_pipe);
    CHECK(index.add("a", pipe).of_pipe);
    CHECK_FALSE(index.add("a", pipe).of_pipe);
  }
  CHECK(index.topics() == 2);
  CHECK(index.match("b").size() == 1000);
  CHECK(matched(index, "abc").size() == 1000);
  for (pipe_id pipe = 0; pipe < 999; ++pipe)
    index.remove_all(pipe, [](const std::string&) { FAIL("still wanted"); });
  CHECK(matched(index, "abc") == std::set<pipe_id>{999});
}
