// SPDX-License-Identifier: MPL-2.0
//
// Picks a contender by its name.

#include "tools/bench/contender.hpp"

#include <stdexcept>

namespace zmqrt::bench {

std::unique_ptr<contender> make_contender(const plan& what) {
  if (what.impl == "zmqrt")
    return make_zmqrt(what);
  if (what.impl == "libzmq")
    return make_libzmq(what);
  if (what.impl == "bare")
    return make_bare(what);
  throw std::invalid_argument("--impl " + what.impl
                              + ": must be zmqrt, libzmq or bare");
}

} // namespace zmqrt::bench
