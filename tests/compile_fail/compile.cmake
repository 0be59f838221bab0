# Compiles SOURCE for syntax only and looks for SENTENCE in what the compiler says.
set(errors_max 3)  # a refusal that drowns in consequences helps nobody

execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${SOURCE}
  RESULT_VARIABLE failed ERROR_VARIABLE said OUTPUT_QUIET)
if(SENTENCE STREQUAL "")
  if(NOT failed EQUAL 0)
    message(FATAL_ERROR "${SOURCE} must compile, but:\n${said}")
  endif()
  return()
endif()
if(failed EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiled; it must be refused with: ${SENTENCE}")
endif()
# Compilers escape quotes inside a quoted static_assert sentence in their own ways.
string(REPLACE "\\\"" "\"" said "${said}")
string(FIND "${said}" "${SENTENCE}" place)
if(place EQUAL -1)
  message(FATAL_ERROR "${SOURCE} was refused without the sentence: ${SENTENCE}\n${said}")
endif()
string(REGEX MATCHALL "error: " errors "${said}")
list(LENGTH errors count)
if(count GREATER errors_max)
  message(FATAL_ERROR "${SOURCE} gave ${count} errors, at most ${errors_max}:\n${said}")
endif()
