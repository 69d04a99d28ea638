#include "core/vault/json.h"

#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace tau::vault::json {

namespace {

constexpr int max_depth = 8;
const Value nothing;

/// Looks at every event of the parser and remembers what is not allowed.
class Watcher {
public:
    bool operator()(int, Value::parse_event_t event, const Value& value) {
        switch (event) {
        case Value::parse_event_t::object_start:
        case Value::parse_event_t::array_start:
            too_deep_ = too_deep_ || keys_.size() >= max_depth;
            keys_.emplace_back();
            break;
        case Value::parse_event_t::object_end:
        case Value::parse_event_t::array_end:
            keys_.pop_back();
            break;
        case Value::parse_event_t::key:
            repeated_ =
                repeated_ || !keys_.back().insert(value.get_ref<const std::string&>()).second;
            break;
        case Value::parse_event_t::value:
            break;
        }
        return true;
    }
    const char* complaint() const {
        return too_deep_ ? "it is nested too deeply" : repeated_ ? "a key occurs twice" : nullptr;
    }

private:
    std::vector<std::set<std::string>> keys_;
    bool too_deep_ = false;
    bool repeated_ = false;
};

tl::unexpected<Error> malformed(std::string_view what, std::string_view why) {
    return fail(ErrorCode::invalid_argument,
                std::string(what) + " cannot be read: " + std::string(why) + ".");
}

} // namespace

Result<Value> parse(std::string_view text, std::size_t limit, std::string_view what) {
    if (text.size() > limit) {
        return fail(ErrorCode::limit_exceeded,
                    std::string(what) + " is larger than " + std::to_string(limit) + " bytes.");
    }
    // The parser takes a NUL byte for the end of its input, so what follows one would go unread.
    if (!is_utf8(text)) {
        return malformed(what, "it is not UTF-8 text");
    }
    Watcher watcher;
    Value value = Value::parse(
        text,
        [&watcher](int depth, Value::parse_event_t event, Value& parsed) {
            return watcher(depth, event, parsed);
        },
        /*allow_exceptions=*/false);
    if (value.is_discarded()) {
        return malformed(what, "it is not JSON");
    }
    if (const char* why = watcher.complaint()) {
        return malformed(what, why);
    }
    return value;
}

std::string dump(const Value& value) {
    return value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

ObjectReader::ObjectReader(const Value& value, std::string path) : path_(std::move(path)) {
    if (value.is_object()) {
        value_ = &value;
    } else {
        refuse("", "must be an object");
    }
}

void ObjectReader::refuse(std::string_view name, std::string_view why) {
    if (!error_) {
        std::string where = path_ + std::string(name);
        if (where.ends_with('.')) {
            where.pop_back();
        }
        error_ = Error{ErrorCode::invalid_argument,
                       "The field \"" + (where.empty() ? "(document)" : where) + "\" " +
                           std::string(why) + ".",
                       {},
                       {}};
    }
}

bool ObjectReader::has(const char* name) const {
    return value_ != nullptr && value_->contains(name);
}

const Value* ObjectReader::member(const char* name, Value::value_t type) {
    if (error_) {
        return nullptr;
    }
    read_.emplace_back(name);
    const auto found = value_->find(name);
    if (found == value_->end()) {
        refuse(name, "is missing");
        return nullptr;
    }
    const bool fits = found->type() == type ||
                      (type == Value::value_t::number_integer && found->is_number_integer());
    if (!fits) {
        refuse(name, "has the wrong type");
        return nullptr;
    }
    return &*found;
}

std::string ObjectReader::text(const char* name, std::size_t min, std::size_t max) {
    const Value* value = member(name, Value::value_t::string);
    if (value == nullptr) {
        return {};
    }
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() < min || text.size() > max) {
        refuse(name,
               "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes long");
        return {};
    }
    if (!is_utf8(text) || has_control_characters(text)) {
        refuse(name, "holds control characters");
        return {};
    }
    return text;
}

std::int64_t ObjectReader::integer(const char* name, std::int64_t min, std::int64_t max) {
    const Value* value = member(name, Value::value_t::number_integer);
    if (value == nullptr) {
        return 0;
    }
    const bool huge = value->is_number_unsigned() &&
                      value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    const std::int64_t number = huge ? INT64_MAX : value->get<std::int64_t>();
    if (huge || number < min || number > max) {
        refuse(name, "is out of range");
        return 0;
    }
    return number;
}

Bytes ObjectReader::base64(const char* name, std::size_t min, std::size_t max) {
    const Value* value = member(name, Value::value_t::string);
    if (value == nullptr) {
        return {};
    }
    Result<Bytes> bytes = from_base64(value->get_ref<const std::string&>());
    if (!bytes) {
        refuse(name, "is not standard base64");
        return {};
    }
    if (bytes->size() < min || bytes->size() > max) {
        refuse(name, "must be " + std::to_string(min) +
                         (min == max ? "" : " to " + std::to_string(max)) + " bytes long");
        return {};
    }
    return std::move(*bytes);
}

const Value& ObjectReader::array(const char* name, std::size_t min, std::size_t max) {
    const Value* value = member(name, Value::value_t::array);
    if (value == nullptr) {
        return nothing;
    }
    if (value->size() < min || value->size() > max) {
        refuse(name,
               "must have " + std::to_string(min) + " to " + std::to_string(max) + " entries");
        return nothing;
    }
    return *value;
}

const Value& ObjectReader::object(const char* name) {
    const Value* value = member(name, Value::value_t::object);
    return value == nullptr ? nothing : *value;
}

void ObjectReader::end() {
    if (error_) {
        return;
    }
    for (const auto& item : value_->items()) {
        if (std::find(read_.begin(), read_.end(), item.key()) == read_.end()) {
            refuse(bounded_text(item.key(), 60), "is not known");
            return;
        }
    }
}

} // namespace tau::vault::json
