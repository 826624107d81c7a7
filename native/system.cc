// What the system is told: the service manager how we are, and another program to take our place.

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "calls.h"

namespace {

constexpr size_t kPathMax = 4096;
constexpr size_t kNoticeMax = 16384;
constexpr size_t kWordsMax = 4096;
// Where systemd puts the sockets and files it passes on.
constexpr int kListenFirst = 3;
constexpr int kListenMax = 4096;

bool Notify(const std::string& text) {
  const char* path = getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@') || path[1] == '\0') return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = strlen(path);
  if (length >= sizeof address.sun_path) return false;
  memcpy(address.sun_path, path, length);
  // An abstract name begins with a zero byte and isn't ended by one.
  if (path[0] == '@') address.sun_path[0] = '\0';
  const size_t size = offsetof(sockaddr_un, sun_path) + length + (path[0] == '/' ? 1 : 0);

  const int made = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (made < 0) return false;
  fcntl(made, F_SETFD, FD_CLOEXEC);
  const ssize_t sent = sendto(made, text.data(), text.size(), MSG_DONTWAIT,
                              reinterpret_cast<const sockaddr*>(&address),
                              static_cast<socklen_t>(size));
  close(made);
  return sent == static_cast<ssize_t>(text.size());
}

Napi::Value NotifyCall(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string text = arguments.Text("a notice", kNoticeMax);
  if (arguments.Wrong()) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), Notify(text));
}

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void Inherit(int descriptor) {
  const int flags = fcntl(descriptor, F_GETFD);
  if (flags >= 0) fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC);
}

int Number(const char* name) {
  const char* text = getenv(name);
  return text == nullptr ? 0 : atoi(text);
}

// Node marks all that it was given as not to be passed on: the standard streams must be, and what
// the service manager gave to this very process.
void PassOn() {
  for (int i = 0; i < kListenFirst; i++) {
    Inherit(i);
    const int flags = fcntl(i, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) fcntl(i, F_SETFL, flags & ~O_NONBLOCK);
  }
  if (Number("LISTEN_PID") != getpid()) return;
  const int count = Number("LISTEN_FDS");
  for (int i = 0; i < count && i < kListenMax; i++) Inherit(kListenFirst + i);
}

// Node ignores SIGPIPE, and an ignored signal stays so over an exec.
void ForgetSignals() {
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int i = 1; i < NSIG; i++) sigaction(i, &plain, nullptr);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

Napi::Value Execute(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string path = arguments.Text("a path", kPathMax);
  const std::vector<std::string> words = arguments.Texts("arguments", kWordsMax);
  const std::vector<std::string> environment = arguments.Texts("an environment", kWordsMax);
  if (arguments.Wrong()) return info.Env().Undefined();
  if (access(path.c_str(), X_OK) != 0) return Refuse(info.Env(), errno, "execute");
  PassOn();
  ForgetSignals();
  execve(path.c_str(), Pointers(words).data(), Pointers(environment).data());
  const int error = errno;
  signal(SIGPIPE, SIG_IGN);
  return Refuse(info.Env(), error, "execute");
}

}  // namespace

void OfferSystem(Napi::Env env, Napi::Object exports) {
  exports.Set("notify", Napi::Function::New(env, NotifyCall));
  exports.Set("execute", Napi::Function::New(env, Execute));
}
