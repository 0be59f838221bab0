// SPDX-License-Identifier: Apache-2.0
// Linked into peers whose libraries can only listen to every address: their sockets listen to this
// machine alone.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

extern "C" __attribute__((visibility("default"))) int bind(int socket, const sockaddr* address, socklen_t size) noexcept {
  sockaddr_in here{};
  if (address->sa_family == AF_INET && size >= sizeof here) {
    std::memcpy(&here, address, sizeof here);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return static_cast<int>(syscall(SYS_bind, socket, &here, sizeof here));
  }
  return static_cast<int>(syscall(SYS_bind, socket, address, size));
}
