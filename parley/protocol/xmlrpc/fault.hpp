// SPDX-License-Identifier: Apache-2.0
// An Error as the struct {faultCode, faultString} that a dialect's clients know.
#pragma once
#include <string>

#include "parley/core/error.hpp"
#include "parley/core/sink.hpp"

namespace parley::xmlrpc {

/// What differs by mount.
enum class Dialect : int {
  interop,  // /RPC2: the whole registry, the standard's types, codes of the interop proposal
  odoo,     // /xmlrpc/2/*: Odoo's services, whole numbers as fault codes
  legacy,   // /xmlrpc/*: the same with texts as fault codes
};

/// Tells the fault as one dict.
/// source:  spec/odoo-external-api.md 3.1; spec/standards.md 1 (interop codes)
void tell_fault(const Error& error, Dialect dialect, Sink& sink);

/// What a fault of the interop dialect says: the Code whose number it has, else `rejected` with
/// the number as the method's own status.
Error error_of_fault(std::int64_t code, std::string_view text);

}  // namespace parley::xmlrpc
