# What makes a bug in the program harder to use; tests/program/hardening_test.py reads it from the file.
#
# The compiler's part is for releases: checked library calls need an optimiser, and sanitizers look at
# the same things by themselves. Shadow stacks are for the kernel to turn on, which no library of
# Debian 12 asks for: fcontext switches stacks as it likes.
# Cost, instructions of a call (callgrind, one thread): common.version 23,350 -> 23,620.

set(hardening_flags -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  list(APPEND hardening_flags -fcf-protection=full)
endif()
set(hardening_of_release "$<$<CONFIG:Release>:${hardening_flags}>")

target_compile_options(parley_options INTERFACE "${hardening_of_release}")
if(PARLEY_SANITIZER STREQUAL "" AND NOT PARLEY_FUZZ)
  target_link_options(parley_options INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
