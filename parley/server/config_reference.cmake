# docs/reference/config.md is what `parley config --markdown` prints.
execute_process(COMMAND ${PROGRAM} config --markdown OUTPUT_VARIABLE printed RESULT_VARIABLE status)
file(READ ${REFERENCE} written)
if(NOT status EQUAL 0 OR NOT printed STREQUAL written)
  message(FATAL_ERROR "${REFERENCE} is not what `parley config --markdown` prints")
endif()
