// SPDX-License-Identifier: Apache-2.0
// The HTTP status of a request that is refused before it is a call.
#pragma once
#include "parley/core/error.hpp"

namespace parley {

/// The error's own (408 of a body that is late), else that of its row.
inline int refusal_status(const Error& error) {
  return error.status != 0 ? error.status : row(error.code).http_status;
}

}  // namespace parley
