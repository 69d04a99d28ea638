#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tau {

using ByteView = std::span<const std::uint8_t>;

/// The only holder of secret bytes: guarded, locked memory (sodium_malloc), wiped when it goes,
/// move-only, with no way to print or compare it by accident. Size is fixed at construction.
/// Throws std::bad_alloc when the system gives no memory.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::size_t size);
    ~Secret();
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    /// A copy of bytes that are (also) elsewhere; the caller wipes its own.
    static Secret copy_of(ByteView bytes);
    static Secret copy_of(std::string_view text);
    /// Fresh bytes of the system's generator.
    static Secret random(std::size_t size);

    Secret clone() const { return copy_of(bytes()); }

    std::uint8_t* data() { return data_; }
    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::span<std::uint8_t> bytes() { return {data_, size_}; }
    ByteView bytes() const { return {data_, size_}; }
    /// The bytes as text, for APIs that take nothing else; valid as long as the Secret.
    std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }
    /// Constant time; false when the sizes differ.
    bool equals(ByteView other) const;
    bool equals(const Secret& other) const { return equals(other.bytes()); }

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Prepares the process for secrets: starts libsodium, forbids core dumps and ptrace by other
/// processes of the same user, and ignores the signal that a file can send. Every program calls it
/// first; calling again does nothing. Returns false when libsodium cannot start: the program must
/// then stop.
bool protect_process();

/// Wipes ordinary memory that had to hold a secret for a moment (a widget's text, a C buffer).
void wipe(void* data, std::size_t size);

} // namespace tau
