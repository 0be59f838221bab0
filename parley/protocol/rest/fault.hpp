// SPDX-License-Identifier: Apache-2.0
// What REST says of an error: faultcode, faultstring, debuginfo and the HTTP status.
#pragma once
#include <string>

#include "parley/core/output.hpp"
#include "parley/protocol/rest/format.hpp"
#include "parley/protocol/rest/request.hpp"

namespace parley::rest {

struct Fault {
  int status = 500;
  std::string code;       // "Client", "Server", or a method's own word
  std::string text;
  std::string debuginfo;  // "" = null
  std::string allow;      // of 405
};

/// `exchange` null = the request could not be read. A method's own status is the HTTP status; its
/// kind is then the faultcode.
/// source:  spec/rest-wsme-0.11.md section 13, spec/rest.md rows 7 to 15
Fault fault_of(const Error& error, const RestExchange* exchange, const Options& options);

void put_fault(const Fault& fault, Format format, Output& out);

}  // namespace parley::rest
