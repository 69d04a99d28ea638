#pragma once

#include "core/base/secret.h"

#include <new>
#include <sodium.h>
#include <type_traits>

namespace tau::seal {

/// A plain struct of secret intermediates in one piece of locked memory, wiped when it goes.
/// sodium_malloc ends its memory at a page's end, so every T is aligned.
template <typename T>
class Locked {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
    Locked() : memory_(sizeof(T)), value_(new (memory_.data()) T{}) {}
    T& operator*() { return *value_; }
    T* operator->() { return value_; }

private:
    Secret memory_;
    T* value_;
};

} // namespace tau::seal
