// SPDX-License-Identifier: Apache-2.0
// Every protocol of this build: one line each.
#include "parley/protocol/documents/protocol.hpp"
#include "parley/protocol/json2/protocol.hpp"
#include "parley/protocol/jsonrpc/protocol.hpp"
#include "parley/protocol/mcp/protocol.hpp"
#include "parley/protocol/path/protocol.hpp"
#include "parley/protocol/protocol.hpp"
#include "parley/protocol/rest/protocol.hpp"
#include "parley/protocol/rhodecode/protocol.hpp"
#include "parley/protocol/websession/protocol.hpp"
#include "parley/protocol/xmlrpc/protocol.hpp"

namespace parley {

std::span<const ProtocolEntry> protocol_list() {
  static const ProtocolEntry list[] = {
      xmlrpc_entry(),
      jsonrpc_entry(),
      websession_entry(),
      json2_entry(),
      rhodecode_entry(),
      documents_entry(),
      mcp_entry(),
      path_entry(),
      rest_entry(),
  };
  return list;
}

std::vector<std::unique_ptr<Protocol>> make_protocols(const ProtocolSettings& settings) {
  std::vector<std::unique_ptr<Protocol>> all;
  for (const ProtocolEntry& entry : protocol_list()) all.push_back(entry.make(settings));
  return all;
}

}  // namespace parley
