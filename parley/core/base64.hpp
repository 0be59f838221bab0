// SPDX-License-Identifier: Apache-2.0
// RFC 4648 base64 and hexadecimal.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace parley {

std::string to_base64(std::string_view octets);
/// White space is skipped, padding may be missing; nothing on any other character.
std::optional<std::string> from_base64(std::string_view text);
std::string to_hex(std::string_view octets);

}  // namespace parley
