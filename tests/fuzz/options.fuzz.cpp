// SPDX-License-Identifier: MPL-2.0
//
// Any bytes as an option's value: what is taken can be got, unless the option
// can be set only.

#include <cstdlib>

#include "libzmqrt/options/option_table.hpp"

struct no_live final : zmqrt::live_options {
  [[nodiscard]] zmqrt::option_value live_option(int id) const override {
    return id;
  }
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace zmqrt;
  if (size < 2)
    return 0;
  const int id = data[0] | data[1] << 8;
  socket_options in;
  const auto why =
    set_raw_option(in, socket_type::push, id,
                   std::as_bytes(std::span{data + 2, size - 2}), {});
  const auto* const spec = find_option(id);
  const bool silent =
    spec != nullptr && spec->access == option_access::set_only;
  if (why ? why->rule.empty() : !silent && !get_raw_option(in, id, no_live{}))
    std::abort();
  return 0;
}
