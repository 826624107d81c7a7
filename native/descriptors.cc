// Descriptors on Linux: what wakes a wait, and the closing of what was opened, by which no number
// that the launcher has reserved becomes free.

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>

#include "calls.h"

namespace {

constexpr int kReservedMax = 512;

std::mutex wakes_lock;
std::set<int> wakes;

bool IsWake(int descriptor) {
  const std::lock_guard<std::mutex> held(wakes_lock);
  return wakes.count(descriptor) > 0;
}

Napi::Value WakeOpen(const Napi::CallbackInfo& info) {
  const int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) return Refuse(info.Env(), errno, "eventfd");
  const std::lock_guard<std::mutex> held(wakes_lock);
  wakes.insert(made);
  return Napi::Number::New(info.Env(), made);
}

Napi::Value Wake(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int descriptor = arguments.Descriptor();
  if (!arguments.Wrong() && IsWake(descriptor)) eventfd_write(descriptor, 1);
  return info.Env().Undefined();
}

Napi::Value WakeClear(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int descriptor = arguments.Descriptor();
  eventfd_t count;
  if (!arguments.Wrong() && IsWake(descriptor)) eventfd_read(descriptor, &count);
  return info.Env().Undefined();
}

// The sockets that the launcher has left us.
struct Reserved {
  int first = 0;
  int last = -1;

  Reserved() {
    const char* text = getenv("ONLOOKER_SOCKETS");
    int from = 0;
    int to = 0;
    if (text == nullptr || sscanf(text, "%d-%d", &from, &to) != 2) return;
    if (from < 3 || to < from || to - from >= kReservedMax) return;
    for (int i = from; i <= to; i++) {
      if (!IsPacketSocket(i)) return;
    }
    first = from;
    last = to;
    // What we start ourselves has no business with them.
    for (int i = first; i <= last; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
  }
};

const Reserved& reserved() {
  static const Reserved range;
  return range;
}

// Closes what was opened here and nothing else, so that closing twice closes nobody else's file.
Napi::Value Close(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int descriptor = arguments.Descriptor();
  if (arguments.Wrong()) return info.Env().Undefined();
  if (IsPacketSocket(descriptor)) {
    ClosePacketSocket(descriptor);
    return info.Env().Undefined();
  }
  const std::lock_guard<std::mutex> held(wakes_lock);
  if (wakes.erase(descriptor) > 0) close(descriptor);
  return info.Env().Undefined();
}

}  // namespace

// The launcher lets nobody write to its numbers. If one became free, the next connection would get
// it and could never send; so an empty file takes its place, in the same step.
void ClosePacketSocket(int descriptor) {
  if (descriptor < reserved().first || descriptor > reserved().last) {
    close(descriptor);
    return;
  }
  const int plug = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (plug < 0) {
    ResetPacketSocket(descriptor);
    return;
  }
  dup3(plug, descriptor, O_CLOEXEC);
  close(plug);
}

void OfferDescriptors(Napi::Env env, Napi::Object exports) {
  reserved();
  exports.Set("wakeOpen", Napi::Function::New(env, WakeOpen));
  exports.Set("wake", Napi::Function::New(env, Wake));
  exports.Set("wakeClear", Napi::Function::New(env, WakeClear));
  exports.Set("close", Napi::Function::New(env, Close));
}
