// Where there are no rings (other systems than Linux), each of their calls says so.

#include <cerrno>

#include "calls.h"

namespace {

Napi::Value None(const Napi::CallbackInfo& info) { return Refuse(info.Env(), ENOTSUP, "ring"); }

Napi::Value Nothing(const Napi::CallbackInfo& info) { return info.Env().Undefined(); }

}  // namespace

bool IsPacketSocket(int) { return false; }
void ResetPacketSocket(int) {}
void ClosePacketSocket(int) {}

void OfferRing(Napi::Env env, Napi::Object exports) {
  for (const char* name : {"socket", "ringOpen", "ringJoin", "ringShare", "ringFilter", "ringMap",
                           "wait", "statistics", "wakeOpen"}) {
    exports.Set(name, Napi::Function::New(env, None));
  }
  for (const char* name : {"ringUnmap", "wake", "wakeClear", "close"}) {
    exports.Set(name, Napi::Function::New(env, Nothing));
  }
  exports.Set("socketError", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::String::New(info.Env(), "");
              }));
}

void OfferDescriptors(Napi::Env, Napi::Object) {}
