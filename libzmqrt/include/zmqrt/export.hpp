// SPDX-License-Identifier: MPL-2.0
//
// Marks what the shared library exports; everything else is hidden.

#pragma once

#define ZMQRT_EXPORT __attribute__((visibility("default")))
