#include "core/base/secret.h"

#include "core/base/declassify.h"

#include <csignal>
#include <new>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <utility>

namespace tau {

Secret::Secret(std::size_t size) : size_(size) {
    if (size == 0) {
        return;
    }
    if (sodium_init() < 0) {
        throw std::bad_alloc();
    }
    data_ = static_cast<std::uint8_t*>(sodium_malloc(size));
    if (data_ == nullptr) {
        throw std::bad_alloc();
    }
    sodium_memzero(data_, size);
}

Secret::~Secret() {
    sodium_free(data_); // wipes; accepts nullptr
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

Secret Secret::copy_of(ByteView bytes) {
    Secret copy(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        copy.data_[i] = bytes[i];
    }
    return copy;
}

Secret Secret::copy_of(std::string_view text) {
    return copy_of(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Secret Secret::random(std::size_t size) {
    Secret fresh(size);
    randombytes_buf(fresh.data_, size);
    return fresh;
}

bool Secret::equals(ByteView other) const {
    // That they differ is the answer; where they do is not.
    return size_ == other.size() &&
           (size_ == 0 || declassified(sodium_memcmp(data_, other.data(), size_)) == 0);
}

bool protect_process() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    signal(SIGIO, SIG_IGN); // who shares a file with this process can have it sent
    return sodium_init() >= 0;
}

void wipe(void* data, std::size_t size) {
    sodium_memzero(data, size);
}

} // namespace tau
