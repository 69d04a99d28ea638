#include "core/project/document_check.h"

#include "core/base/text.h"
#include "core/project/fixes.h"
#include "core/project/hidden_keys.h"
#include "core/project/key_tree.h"
#include "core/project/oddities.h"
#include "core/project/reading.h"
#include "core/project/scalars.h"
#include "core/project/suggest.h"
#include "core/yaml/scalar.h"

#include <algorithm>

namespace tau::project {

namespace {

class FileCheck {
public:
    FileCheck(const Resource& resource, const File& file, FileFindings& out)
        : resource_(resource), file_(file), kind_(kind(resource.kind)), out_(out) {}

    void run() {
        if (file_.document() == nullptr) {
            report_broken(file_.error());
            return;
        }
        document_ = file_.document();
        root_ = document_->root();
        for (Problem& problem : check_oddities(kind_, *document_)) {
            problem.path = resource_.path();
            out_.problems.push_back(std::move(problem));
        }
        if (root_) {
            found_ = KeyTree::of(kind_.id).find(*root_, beside_);
        }
        for (std::size_t i = 0; i < kind_.rows.size(); ++i) {
            readings_[i] = read_row(kind_.rows[i], found_.at_path[i], found_.at_legacy[i], root_);
        }
        for (std::size_t i = 0; i < kind_.rows.size(); ++i) {
            check_row(i);
        }
        check_clouds();
        check_replicas();
        report_no_maps();
        report_others();
        note_facts();
        for (Problem& problem : out_.problems) {
            if (problem.fix && !can_apply(*document_, *problem.fix)) {
                problem.fix.reset();
            }
        }
    }

private:
    yaml::Position root_position() const { return root_ ? root_->position() : yaml::Position{}; }

    Problem& report(Severity severity, std::string_view code, std::string field,
                    yaml::Position position, std::string sentence) {
        Problem& problem = out_.problems.emplace_back();
        problem.path = resource_.path();
        problem.position = position;
        problem.severity = severity;
        problem.code = code;
        problem.field = std::move(field);
        problem.sentence = std::move(sentence);
        return problem;
    }

    void report_broken(const Error& error) {
        if (yaml::is_utf16(file_.text())) {
            report(Severity::warning, "encoding", {}, {},
                   "The file is UTF-16: the cloud reads it, but nothing in it can be checked here.")
                .hint = error.hint;
            return;
        }
        const auto position = yaml::error_position(error);
        std::string sentence = error.message;
        if (const std::size_t end = sentence.find(": "); position && end != std::string::npos) {
            sentence.erase(0, end + 2); // the problem has the place already
        }
        Problem& problem = report(Severity::error, file_.is_read() ? "yaml" : "unreadable", {},
                                  position.value_or(yaml::Position{}), std::move(sentence));
        problem.hint = error.hint;
    }

    std::optional<std::size_t> index_of(std::string_view path) const {
        const FieldRow* found = row(kind_, path);
        return found == nullptr ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - &kind_.rows[0]));
    }
    const Reading* reading(std::string_view path) const {
        const auto index = index_of(path);
        return index ? &readings_[*index] : nullptr;
    }

    bool holds(const Condition& condition) const {
        const Reading* other = reading(condition.field);
        return other != nullptr && other->state == Reading::State::good &&
               std::find(condition.in.begin(), condition.in.end(), other->text) !=
                   condition.in.end();
    }
    bool is_required(const FieldRow& row) const {
        if (!row.required_unless.empty()) {
            const Reading* other = reading(row.required_unless);
            return other == nullptr || other->state != Reading::State::good || !other->truth;
        }
        return row.required || (row.required_when && holds(row.required_when));
    }

    /// The row's path as this file has it.
    std::string path_here(const FieldRow& row, const Reading& value) const {
        if (value.legacy && value.node) {
            return std::string(row.legacy);
        }
        if (row.path.find('{') == std::string_view::npos) {
            return std::string(row.path);
        }
        const auto block = index_of(row.path.substr(0, row.path.find('}') + 1));
        const std::string_view chosen =
            block && found_.blocks[*block] > 0 ? found_.block[*block] : row.choices[0];
        return with_choice(row.path, chosen);
    }

    void check_row(std::size_t index) {
        const FieldRow& row = kind_.rows[index];
        if (row.era == Era::older || row.path.find('*') != std::string_view::npos) {
            return;
        }
        if (row.type == FieldType::block) {
            check_block(index);
            return;
        }
        const auto brace = row.path.find('{');
        if (brace != std::string_view::npos) {
            const auto block = index_of(row.path.substr(0, row.path.find('}') + 1));
            if (block && found_.blocks[*block] != 1) {
                return; // the block's own row says so
            }
        }
        const Reading& value = readings_[index];
        if (value.state == Reading::State::wrong) {
            report_wrong_type(row, path_here(row, value), value);
        } else if (value.state == Reading::State::good) {
            check_value(row, value);
        } else if (is_required(row)) {
            report_missing(row, path_here(row, value));
        } else if (value.state == Reading::State::ignored) {
            const std::string path = path_here(row, value);
            report(Severity::warning, "ignored-value", path, value.node->position(),
                   "field " + go_quoted(path) + " expects " + wanted(row.type) +
                       ", got map[string]interface {}");
        }
    }

    static std::string wanted(FieldType type) {
        if (type == FieldType::boolean) {
            return "boolean";
        }
        return type == FieldType::list || type == FieldType::references ? "array of strings"
                                                                        : "string";
    }

    void check_block(std::size_t index) {
        const FieldRow& row = kind_.rows[index];
        if (found_.blocks[index] == 1) {
            return;
        }
        const std::string path(row.path);
        if (found_.blocks[index] == 0) {
            // What the compiler calls them.
            const std::string name = kind_.id == KindId::storage ? "type" : "git-provider";
            Problem& problem = report(Severity::error, "block-missing", path, root_position(),
                                      "attribute " + name + " has an empty key");
            problem.hint = "Add " + std::string(row.choices.size() > 1 ? "one of " : "") +
                           list_of(row.choices) + ".";
            return;
        }
        Problem& problem = report(Severity::error, "block-ambiguous", path, root_position(),
                                  "ambiguous path: object and streaming each match, and only one "
                                  "may be set");
        problem.older_accept = true;
        problem.hint = "Keep one of the two.";
    }

    static std::string list_of(std::span<const std::string_view> choices) {
        std::string text;
        for (const std::string_view each : choices) {
            text += (text.empty() ? "" : ", ") + std::string(each);
        }
        return text;
    }

    void report_wrong_type(const FieldRow& row, const std::string& path, const Reading& value) {
        Problem& problem = report(Severity::error, "wrong-type", path, value.node->position(),
                                  "attribute '" + path + "' has a value of the wrong type");
        problem.older_accept = true;
        problem.hint = "It must be " +
                       std::string(row.type == FieldType::boolean ? "true or false"
                                   : wanted(row.type) == "string" ? "a text"
                                                                  : "a list of texts") +
                       ".";
        problem.fix = fix_for_type(row, path, value.list ? std::string_view() : value.text);
    }

    void report_missing(const FieldRow& row, const std::string& path) {
        const std::string name =
            row.path.find('{') == std::string_view::npos ? std::string(row.path) : path;
        Problem& problem = report(Severity::error, "required", path, missing_position(row),
                                  "required attribute '" + name + "'");
        problem.older_accept = row.path != "id";
        problem.hint = document_ != nullptr ? what_hides(*document_, path) : std::string();
        if (problem.hint.empty()) {
            problem.hint = row.help;
        }
        problem.fix = fix_for_missing(kind_, row, path);
    }

    /// Where the compiler stopped looking: the last part of the legacy path that is there.
    yaml::Position missing_position(const FieldRow& row) const {
        yaml::Position position = root_position();
        std::optional<yaml::Node> here = root_;
        std::string_view path = row.legacy;
        while (here && !path.empty()) {
            const std::size_t slash = path.find('/');
            here = here->find(path.substr(0, slash));
            position = here ? here->position() : position;
            path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
        }
        return position;
    }

    void check_value(const FieldRow& row, const Reading& value) {
        if (row.type == FieldType::boolean) {
            return;
        }
        if (value.is_blank() && is_required(row)) {
            report_empty(row, path_here(row, value), value);
        } else if (value.list) {
            note_uses(row, value, *value.list);
        } else if (auto refusal = refuse(row, value.text)) {
            const std::string path = path_here(row, value);
            Problem& problem = report(Severity::error, refusal->code, path, value.node->position(),
                                      std::move(refusal->sentence));
            problem.fix = fix_for_value(kind_, row, path, value.text);
            problem.hint =
                row.choices.empty() ? how_to_write(row) : "It may be " + list_of(row.choices) + ".";
        } else if (row.type == FieldType::source && value.text != ".") {
            note_use(row.reference, value.text.substr(row.reference_prefix.size()),
                     path_here(row, value), *value.node);
        }
    }

    void report_empty(const FieldRow& row, const std::string& path, const Reading& value) {
        const std::string name =
            row.path.find('{') == std::string_view::npos ? std::string(row.path) : path;
        Problem& problem = report(Severity::error, "empty", path, value.node->position(),
                                  "required attribute '" + name + "' is empty");
        problem.older_accept = row.path != "id";
        problem.hint = std::string(row.help);
        problem.fix = fix_for_missing(kind_, row, path);
    }

    void note_use(std::string_view group, std::string_view name, std::string field,
                  const yaml::Node& node) {
        out_.uses.push_back({kind_of_group(group)->id, name, std::move(field), node.position()});
    }
    void note_uses(const FieldRow& row, const Reading& value, const yaml::Node& list) {
        const bool tags = row.path == "tags" && kind_.id != KindId::smartop &&
                          kind_.id != KindId::project && kind_.id != KindId::application;
        if (row.reference.empty() && !tags) {
            return;
        }
        const std::string_view prefix = Use{KindId::smartop, {}, {}, {}}.prefix();
        for (std::size_t i = 0; i < list.size(); ++i) {
            const yaml::Node item = list.item(i);
            if (!item.is_scalar() || (tags && !item.text().starts_with(prefix))) {
                continue;
            }
            std::string field = path_here(row, value) + "/" + std::to_string(i);
            if (tags) {
                note_use("smartops", item.text().substr(prefix.size()), std::move(field), item);
            } else {
                note_use(row.reference, item.text(), std::move(field), item);
            }
        }
    }

    void check_clouds() {
        const auto clouds =
            root_ && kind_.id == KindId::project ? root_->find("clouds") : std::nullopt;
        for (std::size_t i = 0; clouds && clouds->is_map() && i < clouds->size(); ++i) {
            const yaml::Node cloud = clouds->value(i);
            const auto is_set = [&](const char* key) {
                const auto value = cloud.find(key);
                return value && value->is_scalar() && !value->text().empty();
            };
            if (is_set("account") != is_set("plan")) {
                const std::string name(clouds->key(i).text());
                report(Severity::warning, "cloud-incomplete", "clouds/" + name,
                       clouds->key(i).position(),
                       "clouds[" + go_quoted(name) +
                           "] is incomplete; fields [account plan] must all be set or all omitted")
                    .hint = "This cloud refuses the project; others do not look.";
            }
        }
    }

    /// v1.1.10: at least one copy, at most two or more, and more at most than at least.
    void check_replicas() {
        const Reading* least = reading("replicas/min");
        const Reading* most = reading("replicas/max");
        if (least == nullptr || most == nullptr || !least->node || !most->node) {
            return;
        }
        const auto number = [](std::string_view text) {
            const bool digits = !text.empty() && text.size() < 10 &&
                                text.find_first_not_of("0123456789") == std::string_view::npos;
            return digits ? std::stol(std::string(text)) : -1L;
        };
        const long min = number(least->text);
        const long max = number(most->text);
        if (min < 1 || max < 2 || max <= min) {
            report(Severity::warning, "older-replicas", "replicas", least->node->position(),
                   "Clouds up to v1.1.10 want at least 1 copy, and more at most than at least.")
                .hint = "Newer clouds do not read these numbers.";
        }
    }

    /// The cloud looks for keys there and finds none.
    void report_no_maps() {
        for (const NoMap& each : beside_.no_maps) {
            const bool told =
                std::any_of(out_.problems.begin(), out_.problems.end(), [&](const Problem& other) {
                    return other.code == "required" && other.field.starts_with(each.path + "/");
                });
            if (!told) {
                report(Severity::warning, "ignored-value", bounded_text(each.path),
                       each.value.position(),
                       "field " + go_quoted(bounded_text(each.path)) + " expects map, got " +
                           std::string(go_type(each.value)))
                    .hint = what_hides(*document_, each.path + "/?");
            }
        }
    }

    void report_others() {
        for (OtherKey& other : beside_.others) {
            if (other.row != nullptr) {
                report(Severity::note, "older-field", other.path, other.key.position(),
                       "Newer clouds do not read \"" + other.path + "\"; it is kept.");
                continue;
            }
            // The compiler reads resources from config.yaml too, though no tool writes them there.
            const bool nested = (kind_.id == KindId::project || kind_.id == KindId::application) &&
                                kind_of_group(other.path) != nullptr;
            report(Severity::note, "unknown-field", bounded_text(other.path), other.key.position(),
                   nested ? "Resources inside of config.yaml are not shown; they are kept."
                          : "unknown field " + go_quoted(bounded_text(other.path)) + " on " +
                                go_quoted(kind_.group.empty() ? kind_.name : kind_.group))
                .hint = is_merge_key(other.key) ? merge_hint
                                                : "It is kept as it is, and no cloud reads it.";
        }
    }

    void note_facts() {
        using Key = FileFindings::Key;
        const auto take = [&](std::string_view path, Fact& fact) {
            const Reading* value = reading(path);
            const bool good =
                value != nullptr && value->state == Reading::State::good && !value->list;
            if (good) {
                fact = {value->text, value->node->position()};
            }
            return good;
        };
        const auto take_key = [&](std::string_view path, Key is) {
            if (take(path, out_.key)) {
                out_.is = is;
            }
        };
        take("id", out_.id);
        take_key("fqdn", Key::fqdn);
        take_key("match", Key::match);
        take_key("channel/match", Key::match);
        for (const std::string_view path : {"regex", "channel/regex"}) {
            const Reading* regex = reading(path);
            out_.match_is_regex = out_.match_is_regex || (regex != nullptr && regex->truth);
        }
        const Reading* mqtt = reading("bridges/mqtt/enable");
        out_.is_bridged = mqtt != nullptr && mqtt->truth;
        const Reading* trigger = reading("trigger/type");
        if (trigger != nullptr && trigger->text == "pubsub") {
            take_key("trigger/channel", Key::channel);
        }
        take_key("protocol", Key::protocol);
        if (trigger != nullptr && trigger->text == "p2p") {
            take_key("trigger/protocol", Key::protocol);
        }
        const Reading* source = reading("source");
        out_.is_inline = source != nullptr && source->text == ".";
        if (out_.is_inline) {
            out_.source = source->node->position();
        }
    }

    const Resource& resource_;
    const File& file_;
    const Kind& kind_;
    FileFindings& out_;
    const yaml::Document* document_ = nullptr;
    std::optional<yaml::Node> root_;
    Found found_;
    Beside beside_;
    std::array<Reading, max_rows> readings_;
};

} // namespace

std::string_view Use::prefix() const {
    return kind == KindId::library   ? std::string_view("libraries/")
           : kind == KindId::smartop ? std::string_view("smartops:")
                                     : std::string_view();
}

const Fact& FileFindings::key_as(Key wanted) const {
    static const Fact nothing;
    return is == wanted ? key : nothing;
}

FileFindings check_file(const Resource& resource, const File& file) {
    FileFindings out(file);
    FileCheck(resource, file, out).run();
    return out;
}

} // namespace tau::project
