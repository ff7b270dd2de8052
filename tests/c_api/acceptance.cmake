# SPDX-License-Identifier: MPL-2.0
#
# The acceptance list through the C API (docs/acceptance-map.md): on libzmq,
# too, and where it is ours on either backend.

# Runs a program as if the kernel had no io_uring.
add_executable(c_api_without_ring without_ring.cpp)
target_link_libraries(c_api_without_ring PRIVATE zmqrt_test_flags)

zmqrt_add_c_test(NAME c_api_delivery BOTH BACKENDS
  SOURCES delivery.test.cpp fairness.test.cpp frames.test.cpp)
zmqrt_add_c_test(NAME c_api_patterns BOTH BACKENDS
  SOURCES request_reply.test.cpp routing.test.cpp publish_subscribe.test.cpp)
zmqrt_add_c_test(NAME c_api_flow BOTH BACKENDS
  SOURCES flow.test.cpp endpoints.test.cpp events.test.cpp)
zmqrt_add_c_test(NAME c_api_lifecycle BOTH BACKENDS
  SOURCES lifecycle.test.cpp)

# A program that ends without closing anything.
add_executable(c_api_leaver leaver.cpp)
target_link_libraries(c_api_leaver PRIVATE
  zmqrt_test_flags PkgConfig::libzmq Threads::Threads)
zmqrt_add_c_test(NAME c_api_process BOTH BACKENDS
  SOURCES process.test.cpp ../support/process.cpp)
target_compile_definitions(c_api_process PRIVATE
  "ZMQRT_LEAVER=\"$<TARGET_FILE:c_api_leaver>\"")
add_dependencies(c_api_process c_api_leaver)
zmqrt_add_c_test(NAME c_api_robustness BOTH BACKENDS
  SOURCES robustness.test.cpp)
zmqrt_add_c_test(NAME c_api_security BOTH BACKENDS
  SOURCES security.test.cpp)
zmqrt_add_c_test(NAME c_api_differences BOTH BACKENDS
  SOURCES differences.test.cpp)
zmqrt_add_c_test(NAME c_api_shared BACKENDS
  SOURCES shared.test.cpp)

# The interop suite, with ours under its peers (cppzmq, pyzmq) in libzmq's
# place. Their programs know nothing of sanitizers.
if(NOT ZMQRT_SANITIZE)
  foreach(suite patterns proxy security_passes security_properties)
    add_test(NAME c_api_under_${suite} COMMAND interop_${suite})
    set_tests_properties(c_api_under_${suite} PROPERTIES
      LABELS "interop" TIMEOUT 600
      ENVIRONMENT "LD_LIBRARY_PATH=$<TARGET_FILE_DIR:zmqrt_libzmq>")
  endforeach()
endif()
