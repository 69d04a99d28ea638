#include "core/project/workspace.h"

#include <algorithm>

namespace tau::project {

namespace {

constexpr std::size_t most_steps = 1000;

} // namespace

Result<Change> change_of(const Plan& plan, const git::Files& others, const git::Files& code) {
    Change change{plan.label, plan.edits, plan.code};
    const Edits moved = move_edits(plan.code_moves, code);
    for (const Edits* edits : {&plan.code, &moved}) {
        for (const auto& [path, text] : *edits) {
            if (text && code.contains(path)) {
                return fail(ErrorCode::already_exists,
                            "There is " + path + " in the code already, so nothing was changed.",
                            "Choose another name, or take that file away.");
            }
        }
    }
    change.configuration.merge(move_edits(plan.other_moves, others));
    change.code.merge(Edits(moved));
    return change;
}

Workspace::Workspace(Store store, Standings uncommitted, CheckOptions options)
    : store_(std::move(store)), checker_(std::move(options)), uncommitted_(std::move(uncommitted)) {
    checker_.check(store_);
}

bool Workspace::is_unsaved(std::string_view path) const {
    return store_.is_changed(path);
}

Standing Workspace::standing(std::string_view path) const {
    const auto found = uncommitted_.find(path);
    if (found != uncommitted_.end()) {
        return found->second;
    }
    if (!store_.is_changed(path)) {
        return Standing::same;
    }
    return store_.is_new(path) ? Standing::added : Standing::changed;
}

Store::Rebase Workspace::know_code(const std::string& folder, const git::Files& there) {
    Store::Rebase found = code_.know(folder, there);
    forget_steps(found, &Change::code);
    return found;
}

Store::Rebase Workspace::know_others(const std::string& folder, const git::Files& there) {
    git::Files others;
    for (const auto& [path, text] : there) {
        if (!is_yaml_path(path)) {
            others.emplace(path, text);
        }
    }
    Store::Rebase found = others_.know(folder, others);
    forget_steps(found, &Change::configuration);
    return found;
}

void Workspace::forget_steps(const Store::Rebase& found, Edits Change::*repository) {
    const auto touches = [&](const Step& step) {
        const auto is_in = [&edits = step.*repository](const std::string& path) {
            return edits.contains(path);
        };
        return std::any_of(found.taken.begin(), found.taken.end(), is_in) ||
               std::any_of(found.edited.begin(), found.edited.end(), is_in);
    };
    undo_.erase(undo_.begin(), std::find_if(undo_.rbegin(), undo_.rend(), touches).base());
    if (std::any_of(redo_.begin(), redo_.end(), touches)) {
        redo_.clear();
    }
}

/// Gives what takes it back.
Result<Change> Workspace::perform(const Change& change) {
    Edits documents;
    for (const auto& [path, text] : change.configuration) {
        if (is_yaml_path(path)) {
            documents.emplace(path, text);
        }
    }
    auto inverse = store_.apply(documents);
    if (!inverse) {
        return fail(inverse.error());
    }
    Change back{change.label, std::move(*inverse), {}};
    for (const auto& [path, text] : change.configuration) {
        if (!is_yaml_path(path)) {
            back.configuration.emplace(path, others_.put(path, text));
            store_.note_other(path, text.has_value());
        }
    }
    for (const auto& [path, text] : change.code) {
        back.code.emplace(path, code_.put(path, text));
    }
    checker_.check(store_);
    return back;
}

Result<void> Workspace::apply(const Change& change, const std::string& merge) {
    auto back = perform(change);
    if (!back) {
        return fail(back.error());
    }
    if (!merge.empty() && redo_.empty() && !undo_.empty() && undo_.back().merge == merge) {
        // What was there before the first of them is what undo brings back.
        undo_.back().configuration.merge(back->configuration);
        undo_.back().code.merge(back->code);
    } else {
        undo_.push_back(Step{std::move(*back), merge});
    }
    redo_.clear();
    if (undo_.size() > most_steps) {
        undo_.pop_front();
    }
    return {};
}

Result<Change> Workspace::go(Steps& from, Steps& to) {
    if (from.empty()) {
        return fail(ErrorCode::not_found, "There is nothing to take back.");
    }
    Change done = from.back();
    auto back = perform(done);
    if (!back) {
        return back;
    }
    from.pop_back();
    to.push_back(Step{std::move(*back), {}});
    return done;
}

Result<Change> Workspace::undo() {
    return go(undo_, redo_);
}

Result<Change> Workspace::redo() {
    return go(redo_, undo_);
}

Workspace::Unsaved Workspace::unsaved() const {
    Unsaved out{store_.changes(), store_.before(), {}, {}};
    others_.add_unsaved(out.configuration, out.configuration_before);
    code_.add_unsaved(out.code, out.code_before);
    return out;
}

Change Workspace::discarding(const std::vector<std::string>& paths) const {
    const Unsaved now = unsaved();
    Change change{paths.empty() ? "Discard all edits" : "Discard the edits of " + paths.front(),
                  now.configuration_before, now.code_before};
    const auto is_other = [&](const auto& edit) {
        return std::find(paths.begin(), paths.end(), edit.first) == paths.end();
    };
    if (!paths.empty()) {
        std::erase_if(change.configuration, is_other);
        std::erase_if(change.code, is_other);
    }
    return change;
}

void Workspace::saved(const Unsaved& written) {
    for (const auto& [path, text] : written.configuration) {
        const auto before = written.configuration_before.find(path);
        const bool was_there = before != written.configuration_before.end() && before->second;
        if (!text) {
            uncommitted_.erase(path);
        } else {
            uncommitted_.emplace(path, was_there ? Standing::changed : Standing::added);
        }
    }
    Edits documents = written.configuration;
    std::erase_if(documents, [](const auto& edit) { return !is_yaml_path(edit.first); });
    store_.saved(documents);
    others_.saved(written.configuration);
    code_.saved(written.code);
}

Store::Rebase Workspace::reload(const Store& there, Standings uncommitted, CheckOptions options) {
    uncommitted_ = std::move(uncommitted);
    Store::Rebase found = store_.rebase(there);
    Edits others;
    Edits before;
    others_.add_unsaved(others, before);
    for (const auto& [path, text] : others) {
        store_.note_other(path, text.has_value());
    }
    checker_.use(store_, std::move(options));
    forget_steps(found, &Change::configuration);
    return found;
}

} // namespace tau::project
