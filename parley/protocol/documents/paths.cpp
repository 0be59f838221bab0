// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/paths.hpp"

namespace parley::documents {

Result<Paths> Paths::of(const Served& served) {
  ProtocolSettings settings;
  settings.about = served.about;
  for (const ProtocolEntry& entry : protocol_list())
    for (const ProtocolSetting& setting : entry.settings)
      settings.given[std::string(setting.name)] = served.setting(setting.name);
  Paths paths;
  paths.protocols_ = make_protocols(settings);
  PARLEY_TRY(paths.router_, Router::build(paths.protocols_));
  for (const auto& protocol : paths.protocols_) {
    for (const Mount& mount : protocol->mounts()) {
      if (mount.match != Mount::Match::prefix) continue;
      std::string path = mount.path;
      while (path.ends_with('/')) path.pop_back();
      paths.prefixes_.try_emplace(std::string(protocol->name()), std::move(path));
    }
  }
  return paths;
}

const Mount* Paths::find(std::string_view protocol, std::string_view path,
                         std::string_view verb) const {
  auto route = router_.find(path, verb);
  if (!route || !route->allow.empty() || route->protocol->name() != protocol) return nullptr;
  return route->mount;
}

const std::string* Paths::prefix_of(std::string_view protocol) const {
  auto found = prefixes_.find(protocol);
  return found == prefixes_.end() ? nullptr : &found->second;
}

}  // namespace parley::documents
