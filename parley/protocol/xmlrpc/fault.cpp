// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/fault.hpp"

#include <algorithm>
#include <limits>

#include "parley/protocol/odoo/errors.hpp"

namespace parley::xmlrpc {
namespace {

// Numbers of the interop proposal without a row in the table, whose rows are for media types and for
// documents of any notation.
constexpr int unsupported_encoding = -32701;
constexpr int invalid_character = -32702;  // for the encoding

/// A method's own number wins over the table.
int interop_code(const Error& error) {
  if (error.status != 0) return error.status;
  if (error.code == Code::malformed && error.rule == Rule::format) return invalid_character;
  return error.code == Code::unsupported_media ? unsupported_encoding : row(error.code).xml_rpc;
}

}  // namespace

void tell_fault(const Error& error, Dialect dialect, Sink& sink) {
  sink.begin_dict();
  sink.key("faultCode");
  switch (dialect) {
    case Dialect::interop:
      sink.integer(interop_code(error));
      sink.key("faultString");
      sink.string(error.message);
      break;
    case Dialect::odoo:
      sink.integer(odoo_fault(error));
      sink.key("faultString");
      sink.string(odoo::fault_text(error));
      break;
    case Dialect::legacy: {
      auto fault = odoo::legacy_fault(error);
      sink.string(fault.code);
      sink.key("faultString");
      sink.string(fault.text);
    }
  }
  sink.end_dict();
}

Error error_of_fault(std::int64_t code, std::string_view text) {
  std::string message(text);
  if (code == unsupported_encoding) return Error(Code::unsupported_media, std::move(message));
  if (code == invalid_character) return Error(Code::malformed, std::move(message));
  auto known = std::ranges::find(error_table(), code, &ErrorRow::xml_rpc);
  if (known != error_table().end()) return Error(known->code, std::move(message));
  const bool fits = code >= std::numeric_limits<int>::min() && code <= std::numeric_limits<int>::max();
  return Error(Code::rejected, std::move(message)).with_status(fits ? static_cast<int>(code) : 0);
}

}  // namespace parley::xmlrpc
