// SPDX-License-Identifier: Apache-2.0
// The documents as methods of the Catalog: whoever asks is known like the caller of any other.
#pragma once
#include "parley/protocol/protocol.hpp"

namespace parley::documents {

/// What anybody may read; the value of the setting.
inline constexpr std::string_view public_setting = "public-documents";

/// The names of one document's methods: for whoever asks, and for those who have logged in.
struct MethodNames {
  std::string_view open, user;
};
inline constexpr MethodNames openrpc_methods{"rpc.discover", "document.openrpc"};
inline constexpr MethodNames openapi_methods{"document.public.openapi", "document.openapi"};
inline constexpr MethodNames index_methods{"document.public.schemas", "document.schemas"};
inline constexpr MethodNames schema_methods{"document.public.schema", "document.schema"};

/// Adds them. The methods of no documents themselves; a document is built once for each audience,
/// as what it tells of changes with the program only.
Result<void> add_methods(Catalog& catalog, std::string_view module, const Served& served);

}  // namespace parley::documents
