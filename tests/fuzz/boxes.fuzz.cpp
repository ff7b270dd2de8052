// SPDX-License-Identifier: MPL-2.0
//
// Boxed traffic, in pieces, with some of its octets changed on their way: what
// is delivered is what was sent, up to the first change.

#include "libzmqrt/security/curve_cipher.hpp"
#include "libzmqrt/wire/boxed_input.hpp"
#include "libzmqrt/wire/boxed_output.hpp"
#include "tests/fuzz/curve_patch.hpp"

using namespace zmqrt;
using namespace zmqrt::security_test;

struct no_commands final : wire::command_sink {
  wire::verdict on_command(std::span<const std::byte>) override {
    return {};
  }
};

// First what is done to the octets (see patched), in as many octets as the
// first says; then the size of pieces; then sizes of frames, odd ones with
// MORE.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 3 || std::size_t{data[0]} + 2 > size)
    return 0;
  wire_test::exact_source source;
  batch canonical, boxes;
  batch_writer writer(source);
  message whole;
  for (std::size_t i = data[0] + 2; i < size && i < 300; ++i) {
    whole.push_back(std::string(std::size_t{data[i]} * data[i] / 8, 'a'));
    if (data[i] % 2 != 0 && i + 1 < size && i + 1 < 300)
      continue;
    require(writer.append(canonical, whole));
    whole.clear();
  }
  const security::box_key key;
  security::curve_cipher sender(key, security::curve_role::client, 3, 1);
  security::curve_cipher receiver(key, security::curve_role::server, 2, 2);
  require(wire::seal(canonical, boxes, sender, source));
  const std::string good = wire_test::flatten(boxes);
  const std::string bytes = patched(good, data + 1, data[0]);

  no_commands nobody;
  wire::traffic plain(wire::framing::v2, {}, source, nobody);
  wire::boxed_input input(receiver, {}, source);
  source.refuse_above = 1 << 20;
  const std::size_t piece = 1 + std::size_t{data[data[0] + 1]} * 16;
  bool bad = false;
  for (std::size_t at = 0; at < bytes.size() && !bad; at += piece) {
    const std::string_view part = std::string_view(bytes).substr(at, piece);
    const slab_ref owner = source.take(part.size());
    std::memcpy(owner->data(), part.data(), part.size());
    bad = input.receive(owner, {owner->data(), part.size()}, plain).has_value();
  }
  const auto sent = wire_test::decode(canonical);
  const auto got = wire_test::decode(plain.delivered());
  require(sent && got && got->size() <= sent->size());
  require(std::equal(got->begin(), got->end(), sent->begin()));
  require((got->size() == sent->size() && !bad) || bytes != good);
  return 0;
}
