# SPDX-License-Identifier: MPL-2.0
#
# The library zmqrt::zmqrt: the objects of all boxes in one, its install rules
# and its package files. What it is made of stays private: consumers see the
# public headers and the one library.

set(zmqrt_boxes zmqrt_core zmqrt_wire zmqrt_patterns zmqrt_transports
    zmqrt_gate zmqrt_actors)

if(ZMQRT_SHARED)
  add_library(zmqrt SHARED)
else()
  add_library(zmqrt STATIC)
endif()
add_library(zmqrt::zmqrt ALIAS zmqrt)
foreach(box IN LISTS zmqrt_boxes)
  target_sources(zmqrt PRIVATE $<TARGET_OBJECTS:${box}>)
endforeach()
set_target_properties(zmqrt PROPERTIES
  LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR})
target_compile_features(zmqrt INTERFACE cxx_std_20)
target_include_directories(zmqrt INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libzmqrt/include>"
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/actors/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(zmqrt
  PRIVATE $<BUILD_INTERFACE:zmqrt_flags> CAF::core PkgConfig::liburing
          spdlog::spdlog Threads::Threads)
