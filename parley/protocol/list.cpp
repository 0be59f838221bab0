// SPDX-License-Identifier: Apache-2.0
// Every protocol of this build: the name of its folder, one line each.
#include "parley/protocol/protocol.hpp"

#define PARLEY_PROTOCOLS(protocol) \
  protocol(xmlrpc)                 \
  protocol(jsonrpc)                \
  protocol(websession)             \
  protocol(json2)                  \
  protocol(rhodecode)              \
  protocol(documents)              \
  protocol(mcp)                    \
  protocol(path)                   \
  protocol(rest)

namespace parley {

// Each folder's protocol.hpp declares the same; the linker finds one that is misspelled.
#define PARLEY_DECLARE(name) ProtocolEntry name##_entry();
PARLEY_PROTOCOLS(PARLEY_DECLARE)

std::span<const ProtocolEntry> protocol_list() {
#define PARLEY_LIST(name) name##_entry(),
  static const ProtocolEntry list[] = {PARLEY_PROTOCOLS(PARLEY_LIST)};
  return list;
}

std::vector<std::unique_ptr<Protocol>> make_protocols(const ProtocolSettings& settings) {
  std::vector<std::unique_ptr<Protocol>> all;
  for (const ProtocolEntry& entry : protocol_list()) all.push_back(entry.make(settings));
  return all;
}

}  // namespace parley
