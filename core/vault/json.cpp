#include "core/vault/json.h"

#include "core/base/text.h"

#include <algorithm>
#include <vector>

namespace tau::vault::json {

namespace {

constexpr std::size_t max_depth = 8;
/// Our messages have more bytes than this to each key, value, array or object, by far.
constexpr std::size_t bytes_per_part = 8;
const Value nothing;

/// Builds the value in one pass, in time and memory that the text's size bounds, and ends at the
/// first thing that is not allowed. (The parser's own callback will not do: it looks at all of a
/// container's members again whenever one of them ends.)
class Builder final : public nlohmann::json_sax<Value> {
public:
    explicit Builder(std::size_t most) : left_(most) {}
    const char* complaint() const { return complaint_; }
    Value take() { return std::move(root_); }

    bool null() override { return put(Value()); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return refuse("it is not JSON"); }
    bool start_object(std::size_t) override { return begin(Value::object()); }
    bool end_object() override { return end(); }
    bool start_array(std::size_t) override { return begin(Value::array()); }
    bool end_array() override { return end(); }
    bool key(string_t& name) override {
        if (open_.back()->contains(name)) {
            return refuse("a key occurs twice");
        }
        key_ = std::move(name);
        return count();
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return refuse("it is not JSON");
    }

private:
    bool refuse(const char* why) {
        complaint_ = why;
        return false;
    }
    bool count() {
        if (left_ == 0) {
            return refuse("it has too many parts");
        }
        --left_;
        return true;
    }
    /// Where the value stands until its container ends: only the innermost one grows.
    Value& place(Value&& value) {
        if (open_.empty()) {
            return root_ = std::move(value);
        }
        Value& around = *open_.back();
        return around.is_array() ? around.emplace_back(std::move(value))
                                 : around[std::move(key_)] = std::move(value);
    }
    bool put(Value&& value) {
        if (!count()) {
            return false;
        }
        place(std::move(value));
        return true;
    }
    bool begin(Value&& container) {
        if (open_.size() >= max_depth) {
            return refuse("it is nested too deeply");
        }
        if (!count()) {
            return false;
        }
        open_.push_back(&place(std::move(container)));
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    std::size_t left_;
    Value root_;
    std::vector<Value*> open_; ///< the containers that are being read, outermost first
    std::string key_;          ///< of the value that comes next
    const char* complaint_ = nullptr;
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
    Builder builder(limit / bytes_per_part);
    if (!Value::sax_parse(text, &builder)) {
        return malformed(what, builder.complaint());
    }
    return builder.take();
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
