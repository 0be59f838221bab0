// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/vcs/remote.hpp"

#include <doctest/doctest.h>

namespace parley::modules::vcs {

TEST_CASE("vcs: remotes of the four schemes are understood") {
  struct Case {
    std::string_view uri, scheme, user, host;
    int port;
    std::string_view path;
  };
  const Case cases[] = {
      {"https://hg.example.org/cpython", "https", "", "hg.example.org", 0, "/cpython"},
      {"http://127.0.0.1:8000/a/b.git", "http", "", "127.0.0.1", 8000, "/a/b.git"},
      {"git://example.org/x", "git", "", "example.org", 0, "/x"},
      {"ssh://git@example.org:2222/~me/x", "ssh", "git", "example.org", 2222, "/~me/x"},
      {"http://[2001:db8::1]:80/x", "http", "", "2001:db8::1", 80, "/x"},
      {"http://[::1]/x", "http", "", "::1", 0, "/x"},
      {"http://example.org/", "http", "", "example.org", 0, "/"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.uri);
    auto remote = parse_remote(one.uri);
    REQUIRE(remote);
    CHECK(remote->scheme == one.scheme);
    CHECK(remote->user == one.user);
    CHECK(remote->host == one.host);
    CHECK(remote->port == one.port);
    CHECK(remote->path == one.path);
    CHECK(remote->to_text() == one.uri);
  }
  CHECK(parse_remote("git://example.org:9418/x")->to_text("2001:db8::1") == "git://[2001:db8::1]:9418/x");
}

TEST_CASE("vcs: everything else is no remote") {
  for (std::string_view uri :
       {"", "x", "/srv/x", "file:///srv/x", "ext::sh -c id", "ext::x://h/p", "ftp://h/x", "HTTP://h/x", "http:/h/x",
        "http://", "http:///x", "http://h", "http://-oProxyCommand=x/y", "ssh://-oProxyCommand=x/y",
        "ssh://-x@h/y", "ssh://a:b@h/y", "ssh://@h/y", "http://user@h/x", "http://u:p@h/x", "https://good@127.0.0.1/x",
        "http://h:0/x", "http://h:65536/x", "http://h:1x/x", "http://h:/x", "http://[::1/x", "http://[127.0.0.1]/x",
        "http://[::1]x/x", "http://h/x y", "http://h/x\n", "http://h/\"x", "http://h/x'", "http://h/a?b", "http://h/a#b",
        "http://h\\@i/x", "http://h_i/x", "http://h%2f/x", "--upload-pack=x", "host:path", "user@host:path",
        "http://\xc3\xa9/x"}) {
    CAPTURE(uri);
    CHECK_FALSE(parse_remote(uri));
  }
  CHECK(parse_remote("http://h/" + std::string(1991, 'x')));
  CHECK_FALSE(parse_remote("http://h/" + std::string(1992, 'x')));
}

TEST_CASE("vcs: addresses of this machine, of private networks and of links are not public") {
  for (std::string_view address :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
        "2002:c0a8:101::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "100::1", "3fff::1", "", "example.org", "127.1", "1"}) {
    CAPTURE(address);
    CHECK_FALSE(is_public_address(address));
  }
  for (std::string_view address : {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
                                   "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
                                   "2002:808:808::1", "64:ff9b::808:808"}) {
    CAPTURE(address);
    CHECK(is_public_address(address));
  }
}

TEST_CASE("vcs: a host is fetched from when every address is public or allowed") {
  using Texts = std::vector<std::string>;
  CHECK(check_host("example.org", Texts{"8.8.8.8"}, Texts{}));
  CHECK_FALSE(check_host("example.org", Texts{"8.8.8.8", "10.0.0.1"}, Texts{}));
  CHECK(check_host("example.org", Texts{"8.8.8.8", "10.0.0.1"}, Texts{"10.0.0.1"}));
  CHECK(check_host("git.lan", Texts{"10.0.0.1"}, Texts{"git.lan"}));
  CHECK_FALSE(check_host("git.lan", Texts{"10.0.0.1"}, Texts{"other.lan", "10.0.0.2"}));
  CHECK_FALSE(check_host("example.org", Texts{}, Texts{}));
}

}  // namespace parley::modules::vcs
