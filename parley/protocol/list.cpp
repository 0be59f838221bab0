// SPDX-License-Identifier: Apache-2.0
// Every protocol of this build: one line each.
#include "parley/protocol/jsonrpc/protocol.hpp"
#include "parley/protocol/protocol.hpp"
#include "parley/protocol/websession/protocol.hpp"
#include "parley/protocol/xmlrpc/protocol.hpp"

namespace parley {

std::vector<std::unique_ptr<Protocol>> make_protocols(const ProtocolSettings& settings) {
  std::vector<std::unique_ptr<Protocol>> list;
  list.push_back(make_xmlrpc(settings));
  list.push_back(make_jsonrpc(settings));
  list.push_back(make_websession(settings));
  return list;
}

}  // namespace parley
