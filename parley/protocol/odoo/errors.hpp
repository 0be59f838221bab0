// SPDX-License-Identifier: Apache-2.0
// How an Error looks to a client of Odoo's API: class names, the older exception_type word,
// and the texts of XML-RPC faults.
#pragma once
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

namespace parley::odoo {

/// The Python class with its module: "odoo.exceptions.UserError", "builtins.ValueError". A kind
/// with a dot in it is already whole. `prefix` is the product: ProtocolSettings::odoo_prefix.
std::string qualified_class(const Error& error, std::string_view prefix);

/// "user_error", "access_denied" ...; "internal_error" for all that is not the product's own.
/// source:  spec/odoo-clients.md 4.2
std::string_view exception_type(const Error& error);

/// str(exception): the message; for AccessDenied always "Access Denied", whatever the reason.
std::string_view message(const Error& error);

/// faultString of /xmlrpc/2/*; its faultCode is parley::odoo_fault(error). Fault 1 begins
/// "Traceback (hidden): ", a word that clients look for, and ends with class and message.
std::string fault_text(const Error& error);

/// A fault of the older /xmlrpc/*, whose code is a text.
struct LegacyFault {
  std::string code, text;
};
LegacyFault legacy_fault(const Error& error);

}  // namespace parley::odoo
