// SPDX-License-Identifier: Apache-2.0
// The settings that protocols bring, looked up by name.
#include <charconv>

#include "parley/protocol/protocol.hpp"

namespace parley {
namespace {

const ProtocolSetting& find_setting(std::string_view name) {
  for (const ProtocolEntry& entry : protocol_list())
    for (const ProtocolSetting& setting : entry.settings)
      if (setting.name == name) return setting;
  assertion_failed("no protocol has this setting", __FILE__, __LINE__);
}

}  // namespace

std::string_view ProtocolSettings::text(std::string_view name) const {
  const ProtocolSetting& setting = find_setting(name);
  auto found = given.find(name);
  return found == given.end() ? setting.fallback : std::string_view(found->second);
}

std::int64_t ProtocolSettings::number(std::string_view name) const {
  std::int64_t number = 0;
  std::string_view digits = text(name);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool ProtocolSettings::is_on(std::string_view name) const { return text(name) == "yes"; }

std::vector<std::string_view> ProtocolSettings::list(std::string_view name) const {
  std::vector<std::string_view> items;
  for (std::string_view rest = text(name); !rest.empty();) {
    std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

}  // namespace parley
