#pragma once

#include <algorithm>
#include <string_view>
#include <yaml.h>

namespace tau::yaml {

/// libyaml counts characters; its places hardly ever go backwards, so walking along is linear.
class ByteOffsets {
public:
    ByteOffsets(std::string_view text, std::size_t start)
        : text_(text), byte_(start), plain_(std::all_of(text.begin(), text.end(), [](char c) {
              return static_cast<unsigned char>(c) < 0x80;
          })) {}

    std::size_t of(const yaml_mark_t& mark) {
        if (plain_) {
            return mark.index;
        }
        while (character_ < mark.index && byte_ < text_.size()) {
            for (++byte_; byte_ < text_.size() && is_inside(byte_); ++byte_) {
            }
            ++character_;
        }
        while (character_ > mark.index && byte_ > 0) {
            for (--byte_; byte_ > 0 && is_inside(byte_); --byte_) {
            }
            --character_;
        }
        return byte_;
    }

private:
    bool is_inside(std::size_t at) const {
        return (static_cast<unsigned char>(text_[at]) & 0xc0U) == 0x80;
    }
    std::string_view text_;
    std::size_t byte_;
    std::size_t character_ = 0;
    bool plain_;
};

class Parser {
public:
    Parser() { good_ = yaml_parser_initialize(&parser_) != 0; }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() { yaml_parser_delete(&parser_); }
    bool good() const { return good_; }
    yaml_parser_t* get() { return &parser_; }

private:
    yaml_parser_t parser_{};
    bool good_;
};

class Event {
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(&event_); }
    yaml_event_t* get() { return &event_; }
    const yaml_event_t* operator->() const { return &event_; }

private:
    yaml_event_t event_{};
};

} // namespace tau::yaml
