// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/fault.hpp"

#include "parley/protocol/odoo/errors.hpp"

namespace parley::xmlrpc {
namespace {

/// "unsupported encoding" of the interop proposal; the table's row is for media types.
constexpr int unsupported_encoding = -32701;

/// A method's own number wins over the table.
int interop_code(const Error& error) {
  if (error.status != 0) return error.status;
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

}  // namespace parley::xmlrpc
