# The few functions every folder's CMakeLists.txt uses, and the options of the build.

option(PARLEY_WERROR "Treat warnings as errors" ON)
set(PARLEY_SANITIZER "" CACHE STRING "address, thread or empty")
option(PARLEY_FUZZ "Build the fuzz targets (clang only)" OFF)

find_package(Threads REQUIRED)
find_program(CCACHE ccache)
if(CCACHE)
  # Without these ccache refuses sources with a precompiled header, and a clone in another
  # folder finds nothing.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_NOHASHDIR=true CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(parley_options INTERFACE)
target_include_directories(parley_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(parley_options INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers
  -fstack-protector-strong
  # gcc 12 takes the inlined unique_ptr of a Result for one that was never allocated.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-free-nonheap-object> $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>)
target_compile_options(parley_options INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
if(PARLEY_WERROR)
  target_compile_options(parley_options INTERFACE -Werror)
endif()
if(PARLEY_SANITIZER STREQUAL "address")
  target_compile_options(parley_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(parley_options INTERFACE -fsanitize=address,undefined)
elseif(PARLEY_SANITIZER STREQUAL "thread")
  target_compile_options(parley_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(parley_options INTERFACE -fsanitize=thread)
endif()
if(PARLEY_FUZZ)
  target_compile_options(parley_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(parley_options INTERFACE -fsanitize=address,undefined)
endif()
target_link_libraries(parley_options INTERFACE Threads::Threads)
include(${CMAKE_CURRENT_LIST_DIR}/hardening.cmake)

# parley_folder(NAME SOURCES a.cpp ... NEEDS parley_core ... LIBS sqlite3 ...)
# One static library a folder: parley_NAME.
function(parley_folder name)
  cmake_parse_arguments(F "" "" "SOURCES;NEEDS;LIBS" ${ARGN})
  add_library(parley_${name} STATIC ${F_SOURCES})
  target_link_libraries(parley_${name} PUBLIC parley_options ${F_NEEDS} PRIVATE ${F_LIBS})
  target_precompile_headers(parley_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp)
endfunction()

# parley_test(NAME SOURCES a_test.cpp ... NEEDS parley_core ... LIBS ...)
# One doctest program a folder: parley_NAME_test, one ctest entry. SHARES_STATE: it starts threads,
# so that it is worth building for the thread sanitizer.
function(parley_test name)
  cmake_parse_arguments(T "SHARES_STATE" "" "SOURCES;NEEDS;LIBS" ${ARGN})
  if(PARLEY_SANITIZER STREQUAL "thread" AND NOT T_SHARES_STATE)
    return()
  endif()
  add_executable(parley_${name}_test ${T_SOURCES} $<TARGET_OBJECTS:parley_test_main>)
  target_link_libraries(parley_${name}_test PRIVATE parley_options ${T_NEEDS} ${T_LIBS})
  target_compile_definitions(parley_${name}_test PRIVATE PARLEY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND parley_${name}_test)
endfunction()

# parley_fuzz(NAME SOURCES x_fuzz.cpp NEEDS ...): libFuzzer program fuzz_NAME, only in the fuzz preset.
function(parley_fuzz name)
  if(NOT PARLEY_FUZZ)
    return()
  endif()
  cmake_parse_arguments(T "" "" "SOURCES;NEEDS;LIBS" ${ARGN})
  add_executable(fuzz_${name} ${T_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE parley_options ${T_NEEDS} ${T_LIBS})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
