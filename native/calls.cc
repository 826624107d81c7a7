// The checks that all calls share, and the list of the calls.

#include "calls.h"

#include <uv.h>

#include <cmath>

std::string ErrorName(int error) {
  char name[64];
  uv_err_name_r(-error, name, sizeof name);
  return name;
}

Napi::Value Refuse(Napi::Env env, int error, const std::string& step) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("code", ErrorName(error));
  result.Set("error", step);
  return result;
}

void Arguments::Complain(const char* what) {
  if (complaint_.empty()) complaint_ = std::string("expected ") + what;
}

bool Arguments::Wrong() {
  if (complaint_.empty()) return false;
  Napi::TypeError::New(info_.Env(), complaint_).ThrowAsJavaScriptException();
  return true;
}

int64_t Arguments::Number(const Napi::Value& value, const char* what, int64_t min, int64_t max) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  // A NaN is in no range.
  if (number >= static_cast<double>(min) && number <= static_cast<double>(max) &&
      number == std::floor(number)) {
    return static_cast<int64_t>(number);
  }
  Complain(what);
  return min;
}

std::string Arguments::String(const Napi::Value& value, const char* what, size_t max) {
  if (value.IsString()) {
    std::string text = value.As<Napi::String>().Utf8Value();
    if (text.size() <= max && text.find('\0') == std::string::npos) return text;
  }
  Complain(what);
  return "";
}

int64_t Arguments::Whole(const char* what, int64_t min, int64_t max) {
  return Number(Next(), what, min, max);
}

int Arguments::Descriptor() {
  return static_cast<int>(Whole("a descriptor", 0, INT32_MAX));
}

std::string Arguments::Text(const char* what, size_t max) { return String(Next(), what, max); }

std::vector<std::string> Arguments::Texts(const char* what, size_t max) {
  constexpr size_t kTextMax = 131072;
  std::vector<std::string> texts;
  const Napi::Value value = Next();
  if (!value.IsArray() || value.As<Napi::Array>().Length() > max) {
    Complain(what);
    return texts;
  }
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length() && complaint_.empty(); i++) {
    texts.push_back(String(array.Get(i), what, kTextMax));
  }
  return texts;
}

Napi::Object Arguments::Object(const char* what) {
  const Napi::Value value = Next();
  if (value.IsObject()) return value.As<Napi::Object>();
  Complain(what);
  return Napi::Object::New(info_.Env());
}

void* Arguments::Typed(const char* what, napi_typedarray_type type, size_t min, size_t* count) {
  *count = 0;
  const Napi::Value value = Next();
  napi_typedarray_type given;
  void* elements = nullptr;
  if (value.IsTypedArray() &&
      napi_get_typedarray_info(info_.Env(), value, &given, count, &elements, nullptr, nullptr) ==
          napi_ok &&
      given == type && *count >= min && (elements != nullptr || *count == 0)) {
    return elements;
  }
  Complain(what);
  *count = 0;
  return nullptr;
}

int64_t Arguments::WholeOf(const Napi::Object& from, const char* name, int64_t min, int64_t max) {
  return Number(from.Get(name), name, min, max);
}

bool Arguments::FlagOf(const Napi::Object& from, const char* name) {
  const Napi::Value value = from.Get(name);
  if (!value.IsBoolean()) Complain(name);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

std::string Arguments::TextOf(const Napi::Object& from, const char* name, size_t max) {
  return String(from.Get(name), name, max);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  OfferFilter(env, exports);
  OfferCompileLive(env, exports);
  OfferDescriptors(env, exports);
  OfferHandle(env, exports);
  OfferInterfaces(env, exports);
  OfferRing(env, exports);
  OfferSystem(env, exports);
  return exports;
}

NODE_API_MODULE(onlooker, Init)
