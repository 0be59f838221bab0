// SPDX-License-Identifier: Apache-2.0
// Why a value was refused, in the words that clients of WSME know. Those are Python's.
#pragma once
#include <string>

#include "parley/protocol/rest/request.hpp"

namespace parley::rest {

/// "Invalid input for field/attribute p. Value: '...'. <reason>". A value that is not of its type is
/// reported on the argument as a whole; one that breaks a rule of an attribute on the attribute.
/// Scalars are shown as Python's str() does, structures as JSON, long ones cut.
///
/// takes:   an error with a Rule about a value, and the exchange whose values are shown; null when
///          there is none
std::string invalid_input(const Error& error, const RestExchange* exchange);

}  // namespace parley::rest
