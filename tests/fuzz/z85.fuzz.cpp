// SPDX-License-Identifier: MPL-2.0
//
// Any bytes as Z85: what is understood is written the same; and as octets:
// what is written is understood.

#include "libzmqrt/keys/z85.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace zmqrt::keys;
  const std::string text(data, data + size);
  std::string out(size, '\0');
  const auto to = std::as_writable_bytes(std::span{out});
  if (decode_z85(text, to.data()) == nullptr) {
    std::string again(size, '\0');
    encode_z85(to.first(size / 5 * 4), again.data());
    if (again != text)
      std::abort();
  }
  const std::string octets = text.substr(0, size / 4 * 4);
  std::string written(octets.size() / 4 * 5, '\0');
  encode_z85(std::as_bytes(std::span{octets}), written.data());
  if (decode_z85(written, to.data()) != nullptr
      || out.substr(0, octets.size()) != octets)
    std::abort();
  return 0;
}
