// SPDX-License-Identifier: Apache-2.0
#include "repositories.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "parley/domain/domain.hpp"
#include "parley/orm/records.hpp"
#include "parley/server/api_keys.hpp"

namespace demo {
namespace {

using namespace parley;

/// A socket on loopback; port 0 is any free one.
class Loopback {
 public:
  explicit Loopback(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_.sin_port = htons(port);
  }
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;
  ~Loopback() { ::close(socket_); }
  std::uint16_t bind() {
    socklen_t size = sizeof address_;
    if (::bind(socket_, place(), size) != 0 || ::getsockname(socket_, place(), &size) != 0) return 0;
    return ntohs(address_.sin_port);
  }
  bool connect() { return ::connect(socket_, place(), sizeof address_) == 0; }

 private:
  sockaddr* place() { return reinterpret_cast<sockaddr*>(&address_); }
  int socket_;
  sockaddr_in address_{};
};

constexpr const char* script =
    "hg init . && echo 'print(\"spam\")' > spam.py && hg commit -q -A -u demo -m 'First things.' && "
    "exec hg serve -a 127.0.0.1 -p \"$1\"";

/// The process that makes and serves the repository; it ends with us.
[[noreturn]] void become_server(const std::string& folder, const std::string& port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  const bool is_quiet = freopen("/dev/null", "r", stdin) != nullptr && freopen("/dev/null", "w", stdout) != nullptr &&
                        freopen("/dev/null", "w", stderr) != nullptr;
  setenv("HGRCPATH", "", 1);
  if (is_quiet && chdir(folder.c_str()) == 0) execlp("sh", "sh", "-c", script, "sh", port.c_str(), nullptr);
  _exit(127);
}

/// The record of `model` whose `field` is `value`, made of `values` when there is none.
Result<std::int64_t> find_or_make(Env& env, std::string_view model, std::string_view field, const Value& value,
                                  DictBuilder values) {
  PARLEY_TRY(const orm::RuntimeModel* found, env.find_model(model));
  const domain::Node* filter = domain::leaf(field, domain::Operator::equal, value, env.arena());
  PARLEY_TRY(orm::Ids ids, orm::search_records(env, *found, filter, {}));
  if (!ids.empty()) return ids.front();
  values.set(field, value);
  Value row = values.done();
  PARLEY_TRY(ids, orm::create_records(env, *found, {&row, 1}));
  return ids.front();
}

Result<void> add_key(Env& env, std::int64_t uid, std::string_view key) {
  auto added = server::add_key(env, {.uid = uid, .name = "demo", .value = key});
  if (added || added.error().code == Code::conflict) return {};  // somebody has it already
  return std::move(added).error();
}

/// The keys of the documentation come with the users, once: who has revoked one does not get it back.
Result<void> add_people(Env& env, std::int64_t admin) {
  PARLEY_TRY(const orm::RuntimeModel* users, env.find_model("res.users"));
  const domain::Node* is_joe = domain::leaf("login", domain::Operator::equal, Value::string("joe"), env.arena());
  PARLEY_TRY(std::int64_t known, orm::count_records(env, *users, is_joe, {}));
  if (known > 0) return {};
  DictBuilder person(env.arena());
  person.set("name", Value::string("Joe Doe"));
  person.set("email", Value::string("joe@example.com"));
  PARLEY_TRY(std::int64_t joe, find_or_make(env, "res.users", "login", Value::string("joe"), person));
  PARLEY_CHECK(add_key(env, admin, "xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3"));
  PARLEY_CHECK(add_key(env, joe, "0123456789abcdef0123456789abcdef01234567"));
  DictBuilder none(env.arena());
  PARLEY_TRY(std::int64_t devs, find_or_make(env, "vcs.users_group", "name", Value::string("devs"), none));
  DictBuilder member(env.arena());
  member.set("users_group_id", Value::integer(devs));
  PARLEY_CHECK(find_or_make(env, "vcs.users_group.member", "user_id", Value::integer(joe), member));
  return {};
}

Result<void> add_mirrors(Env& env, std::int64_t admin, const std::string& url) {
  DictBuilder mirror(env.arena()), lonely(env.arena()), remote(env.arena());
  for (DictBuilder* repository : {&mirror, &lonely}) repository->set("owner_id", Value::integer(admin));
  mirror.set("description", Value::string("mirror"));
  PARLEY_TRY(std::int64_t id, find_or_make(env, "vcs.repository", "name", Value::string("CPython"), mirror));
  PARLEY_CHECK(find_or_make(env, "vcs.repository", "name", Value::string("noremote"), lonely));
  if (url.empty()) return {};
  PARLEY_TRY(const orm::RuntimeModel* repositories, env.find_model("vcs.repository"));
  remote.set("clone_uri", Value::string(env.arena().copy(url)));  // another port at each start
  return orm::write_records(env, *repositories, {&id, 1}, remote.done());
}

}  // namespace

void HgRemote::start(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  port_ = Loopback(0).bind();
  if (failed || port_ == 0) return;
  process_ = fork();
  if (process_ == 0) become_server(folder, std::to_string(port_));
}

HgRemote::~HgRemote() {
  if (process_ <= 0) return;
  kill(-process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void HgRemote::wait() const {
  constexpr auto pause = std::chrono::milliseconds(20);
  constexpr int tries_max = 1000;
  for (int tries = 0; process_ > 0 && tries < tries_max; ++tries) {
    if (Loopback(port_).connect()) return;
    siginfo_t how{};
    const bool has_ended = waitid(P_PID, static_cast<id_t>(process_), &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid != 0;
    if (has_ended) break;
    std::this_thread::sleep_for(pause);
  }
  std::fputs("demo: CPython cannot be pulled: there is no remote, for hg is not installed or does not serve\n", stderr);
}

std::string HgRemote::url() const {
  return port_ == 0 ? std::string() : "http://127.0.0.1:" + std::to_string(port_) + "/";
}

void add_repositories(App& app, const HgRemote& remote) {
  app.seed([&remote](Env& env) -> Result<void> {
    if (env.schema().find("vcs.repository") == nullptr) return {};  // the database goes without the module
    constexpr std::int64_t admin = 2;
    PARLEY_CHECK(add_people(env, admin));
    remote.wait();
    return add_mirrors(env, admin, remote.url());
  });
}

}  // namespace demo
