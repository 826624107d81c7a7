// What every call of the addon has in common: its arguments are checked, and what the system refuses
// comes back as a value. Nothing here throws in C++; a wrong call throws a TypeError in JavaScript.

#ifndef ONLOOKER_CALLS_H
#define ONLOOKER_CALLS_H

#include <napi.h>

#include <string>
#include <vector>

// The system's own name of an error: `EPERM`.
std::string ErrorName(int error);

// {code, error}: what the system said, and at which step.
Napi::Value Refuse(Napi::Env env, int error, const std::string& step);

// Four words each: code, jump if true, jump if false, k.
constexpr size_t kWordsPerInstruction = 4;

// Takes a call's arguments one after another. What is missing, of another type or out of range
// makes the call wrong; it goes on with harmless values until `Wrong` is asked.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  bool Given() const { return next_ < info_.Length() && !info_[next_].IsUndefined(); }
  int64_t Whole(const char* what, int64_t min, int64_t max);
  int Descriptor();
  std::string Text(const char* what, size_t max);
  std::vector<std::string> Texts(const char* what, size_t max);
  Napi::Object Object(const char* what);
  // The elements stay where they are; `count` says how many.
  template <typename Element>
  Element* Elements(const char* what, napi_typedarray_type type, size_t min, size_t* count) {
    return static_cast<Element*>(Typed(what, type, min, count));
  }

  int64_t WholeOf(const Napi::Object& from, const char* name, int64_t min, int64_t max);
  bool FlagOf(const Napi::Object& from, const char* name);
  std::string TextOf(const Napi::Object& from, const char* name, size_t max);

  // True if the call is wrong; JavaScript has then been told.
  bool Wrong();

 private:
  Napi::Value Next() { return next_ < info_.Length() ? info_[next_++] : info_.Env().Undefined(); }
  void* Typed(const char* what, napi_typedarray_type type, size_t min, size_t* count);
  int64_t Number(const Napi::Value& value, const char* what, int64_t min, int64_t max);
  std::string String(const Napi::Value& value, const char* what, size_t max);
  void Complain(const char* what);

  const Napi::CallbackInfo& info_;
  size_t next_ = 0;
  std::string complaint_;
};

// Each file's calls.
void OfferFilter(Napi::Env env, Napi::Object exports);
void OfferCompileLive(Napi::Env env, Napi::Object exports);
void OfferDescriptors(Napi::Env env, Napi::Object exports);
void OfferHandle(Napi::Env env, Napi::Object exports);
void OfferInterfaces(Napi::Env env, Napi::Object exports);
void OfferRing(Napi::Env env, Napi::Object exports);
void OfferSystem(Napi::Env env, Napi::Object exports);

// Whether it is a socket of the packet family.
bool IsPacketSocket(int descriptor);
// Makes a packet socket hear nothing and hold nothing, as the launcher gave it.
void ResetPacketSocket(int descriptor);
// Closes a packet socket; a number that the launcher reserved stays taken.
void ClosePacketSocket(int descriptor);

#endif
