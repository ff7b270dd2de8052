// SPDX-License-Identifier: MPL-2.0
//
// zmqrt for C++20 coroutines: `co_await socket.async_recv()`. A header of its
// own, which zmqrt/zmqrt.hpp does not include.
//
// What cancelling means. Whatever awaits is cancelled by destroying it, which
// is what when_any and with_deadline do with those that are late, and a loop at
// its end with all that it was given:
// - a receive that was cancelled has taken no message: the next one gets it;
// - a send that was cancelled has sent nothing; one that was not is queued
//   whole;
// - a task that was cancelled has done what it did up to where it was
//   suspended; messages that it holds in variables go with it.

#pragma once

#include "zmqrt/coroutine_loop.hpp"
#include "zmqrt/operations.hpp"
#include "zmqrt/task.hpp"
#include "zmqrt/when.hpp"
