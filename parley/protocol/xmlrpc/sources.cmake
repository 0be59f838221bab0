# Included by protocol/CMakeLists.txt.
set(xmlrpc_sources xmlrpc/scalar.cpp xmlrpc/reader.cpp xmlrpc/writer.cpp xmlrpc/fault.cpp xmlrpc/request.cpp
  xmlrpc/protocol.cpp)
set(xmlrpc_tests xmlrpc/reader_test.cpp xmlrpc/xmlrpc_test.cpp)
parley_fuzz(xmlrpc SOURCES ${CMAKE_CURRENT_LIST_DIR}/xmlrpc_fuzz.cpp NEEDS parley_protocol)
