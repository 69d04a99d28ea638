// The configuration tab, as far as it edits one document: form, text, code, undo, problems.
#include "core/base/text.h"
#include "core/project/fixes.h"
#include "core/project/generated_domain.h"
#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/config_tab.h"

#include <QScopedValueRollback>

namespace tau::ui {

using project::KindId;

namespace {

std::string name_for_people(const project::Resource& resource) {
    return resource.kind == KindId::project ? "the project" : resource.name;
}

} // namespace

void ConfigTab::select(const std::string& path) {
    flush();
    if (!open_) {
        return;
    }
    ++burst_;
    path_ = open_->store().file(path) == nullptr ? std::string() : path;
    nothing_->setText(
        path_.empty() && !path.empty()
            ? tr("There is no %1. The list of problems below can make it.").arg(to_qt(path))
            : tr("Choose something in the tree."));
    {
        const QScopedValueRollback<bool> quiet(showing_, true);
        const QModelIndex here = model_->index_of(path_);
        if (here.isValid() && !filter_->mapFromSource(here).isValid()) {
            search_->clear(); // it hides what is to be shown
        }
        const QModelIndex index = filter_->mapFromSource(here);
        if (index.isValid() && tree_->currentIndex() != index) {
            tree_->setCurrentIndex(index);
            tree_->scrollTo(index);
        }
        yaml_->clear();
        form_->clear();
    }
    right_->setCurrentIndex(0);
    show_document();
}

/// Brings form, text and code in line with the workspace.
void ConfigTab::show_document() {
    const project::File* file = open_ ? open_->store().file(path_) : nullptr;
    if (file == nullptr) {
        path_.clear();
        if (right_->currentWidget() != new_) {
            right_->setCurrentWidget(nothing_);
        }
        return;
    }
    if (right_->currentWidget() != new_) { // where somebody is typing
        right_->setCurrentIndex(0);
    }
    const QScopedValueRollback<bool> quiet(showing_, true);
    yaml_->set_text(to_qt(file->text()));
    yaml_->setReadOnly(!is_utf8(file->text()) || !file->is_read()); // else it would be lost
    show_parts(*file);
}

void ConfigTab::show_parts(const project::File& file) {
    const auto resource = project::resource_at(path_);
    caption_->show_text(to_qt(path_));
    title_->setText(!resource ? to_qt(path_)
                    : resource->kind == KindId::project
                        ? tr("Project")
                        : QStringLiteral("%1 %2").arg(to_qt(project::kind(resource->kind).label),
                                                      to_qt(resource->name)));
    if (resource && file.document() != nullptr) {
        form_->set_project(project::project_id_of(open_->store()),
                           services_.setting(suffix_key).toString(),
                           [this](const std::string& suffix) {
                               return project::free_generated_domain(open_->store(), path_, suffix);
                           });
        form_->show_document(*resource, *file.document());
    } else {
        form_->show_broken(tr("The text beside is no YAML at the moment, so the form waits: %1")
                               .arg(to_qt(file.error().message)));
    }
    const std::vector<project::Problem> here = problems_here();
    form_->show_problems(here);
    std::vector<TextEditor::Mark> marks;
    for (const project::Problem& each : here) {
        if (each.severity != project::Severity::note) {
            marks.push_back({static_cast<int>(each.position.line),
                             static_cast<int>(each.position.column),
                             each.severity == project::Severity::error,
                             to_qt(each.sentence) + QLatin1Char('\n') + advice(each)});
        }
    }
    yaml_->set_marks(marks);
    const bool coded =
        resource && (resource->kind == KindId::function || resource->kind == KindId::smartop);
    views_->setTabVisible(1, coded);
    views_->tabBar()->setVisible(coded);
    if (coded) {
        fill_code();
    }
}

void ConfigTab::show_code(bool shown) {
    views_->setCurrentIndex(shown ? 1 : 0);
}

/// Shows the code of the function that is chosen, once somebody looks.
void ConfigTab::fill_code() {
    const auto resource = project::resource_at(path_);
    if (views_->currentIndex() != 1 || !resource || !open_) {
        return;
    }
    const std::string folder = project::code_folder(*resource);
    if (folder.empty() || !project::has_inline_code(open_->store(), *resource)) {
        code_->show_words(tr("Its code is not in the project's code repository."));
        return;
    }
    if (project_.code.empty()) {
        code_->show_words(tr("There is no clone of the code repository here."));
        return;
    }
    with_code(folder, [this, folder] { code_->show_files(folder, open_->code()); });
}

/// Calls `then` with the folder's code known, at once if it is.
void ConfigTab::with_code(const std::string& folder, std::function<void()> then) {
    if (folder.empty() || project_.code.empty() || code_known_.contains(folder)) {
        then();
        return;
    }
    code_job_.start(
        [&config = config_, project = project_, folder](std::stop_token stop) {
            return config.files(project, vault::Role::code, folder, stop);
        },
        [this, folder, workspace = open_, then = std::move(then)](const Result<git::Files>& files) {
            if (workspace != open_) {
                return;
            }
            if (!files) {
                messages_->show_error(files.error());
                return;
            }
            tell_edited_elsewhere(open_->know_code(folder, *files).edited);
            code_known_.insert(folder);
            refresh_bar();
            then();
        });
}

bool ConfigTab::apply(const project::Change& change, const std::string& merge) {
    auto done = open_->apply(change, merge);
    if (!done) {
        messages_->show_error(done.error());
        return false;
    }
    burst_timer_.start();
    return true;
}

/// After something other than typing: the tree, and the document that it was about.
void ConfigTab::after(const project::Change& change) {
    bool files_changed = false;
    for (const auto& [path, text] : change.configuration) {
        files_changed = files_changed ||
                        model_->index_of(path).isValid() != (open_->store().file(path) != nullptr);
    }
    if (files_changed) {
        rebuild_tree();
    }
    if (!change.configuration.empty() && !change.configuration.contains(path_)) {
        for (const auto& [path, text] : change.configuration) {
            if (open_->store().file(path) != nullptr) {
                select(path);
                break;
            }
        }
    }
    show_document();
    refresh_lists();
    refresh_bar();
}

void ConfigTab::take_field(const project::FieldRow& row, const project::FieldValue& value,
                           bool finished) {
    flush();
    const project::File* file = open_ ? open_->store().file(path_) : nullptr;
    const auto resource = project::resource_at(path_);
    if (file == nullptr || file->document() == nullptr || !resource) {
        return;
    }
    const std::string merge =
        "field " + path_ + " " + yaml::to_string(value.path) + std::to_string(burst_);
    // Typing goes from what was there before it: "64MB" is not to keep the quotes that "6" needs.
    const bool goes_on = typing_.merge == merge && typing_.after == file->text();
    const auto before = goes_on ? yaml::Document::parse(typing_.before, {.forgiving = true})
                                : Result<yaml::Document>(*file->document());
    auto text = before ? project::write_field(*before, row, value, finished)
                       : Result<std::string>(fail(before.error()));
    if (!text) {
        messages_->show_error(text.error());
        show_document(); // the form shows again what holds
        return;
    }
    if (*text != file->text()) {
        typing_ = {merge, std::string(before->text()), *text};
        if (apply({"Change " + to_lower_ascii(row.label) + " of " + name_for_people(*resource),
                   {{path_, std::move(*text)}},
                   {}},
                  merge)) {
            show_document();
            lists_timer_.start();
            refresh_bar();
        }
    }
    if (finished) {
        ++burst_;
    }
}

void ConfigTab::flush() {
    if (text_timer_.isActive()) {
        text_timer_.stop();
        take_text();
    }
}

void ConfigTab::take_text() {
    const project::File* file = open_ ? open_->store().file(path_) : nullptr;
    if (file == nullptr || yaml_->isReadOnly()) { // then it shows less than the file holds
        return;
    }
    const std::string whole = to_utf8(yaml_->text());
    const auto resource = project::resource_at(path_);
    const std::string name = resource ? name_for_people(*resource) : path_;
    if (whole != file->text() && apply({"Edit the text of " + name, {{path_, whole}}, {}},
                                       "text " + path_ + std::to_string(burst_))) {
        const QScopedValueRollback<bool> quiet(showing_, true);
        show_parts(*open_->store().file(path_));
        lists_timer_.start();
    }
    refresh_bar();
}

void ConfigTab::take_code(const std::string& path, const std::string& text) {
    const auto known = open_ ? open_->code().find(path) : git::Files::const_iterator();
    if (!open_ || (known != open_->code().end() && known->second == text)) {
        return; // a new colour of the text is a change to Qt, and is none
    }
    if (apply({"Edit " + path.substr(path.rfind('/') + 1), {}, {{path, text}}},
              "code " + path + std::to_string(burst_))) {
        refresh_bar();
    }
}

void ConfigTab::fix(const project::Problem& problem) {
    flush();
    auto edits = project::apply_fix(open_->store(), problem, config_.entropy(), config_.now());
    if (!edits) {
        messages_->show_error(edits.error());
        return;
    }
    const project::Change change{problem.fix->title, std::move(*edits), {}};
    if (apply(change)) {
        after(change);
        announce(this, tr("Fixed: %1").arg(to_qt(problem.fix->title)));
    }
}

void ConfigTab::open_problem(const project::Problem& problem) {
    select(problem.path);
    show_code(false);
    if (!form_->is_read_only() && !problem.field.empty() &&
        form_->input(to_qt(problem.field)) != nullptr) {
        form_->focus_field(to_qt(problem.field));
    } else {
        yaml_->setFocus(Qt::OtherFocusReason);
    }
    yaml_->go_to(static_cast<int>(problem.position.line),
                 static_cast<int>(problem.position.column));
}

void ConfigTab::step(bool back) {
    flush();
    if (!open_) {
        return;
    }
    auto done = back ? open_->undo() : open_->redo();
    ++burst_;
    if (done) {
        after(*done);
        announce(this, (back ? tr("Undone: %1") : tr("Done again: %1")).arg(to_qt(done->label)));
    }
}

void ConfigTab::undo() {
    step(true);
}

void ConfigTab::redo() {
    step(false);
}

void ConfigTab::refresh_bar() {
    const bool typing = text_timer_.isActive();
    const std::size_t files = open_ ? open_->unsaved().files() : 0;
    const bool saving = save_job_.running();
    save_->setEnabled((files > 0 || typing) && !saving);
    status_->setText(saving       ? tr("Saving…")
                     : files == 0 ? typing ? tr("Not saved") : tr("All saved")
                     : files == 1 ? tr("1 file not saved")
                                  : tr("%1 files not saved").arg(files));
    const std::string* undone = open_ ? open_->can_undo() : nullptr;
    const std::string* redone = open_ ? open_->can_redo() : nullptr;
    undo_->setEnabled(undone != nullptr || typing);
    redo_->setEnabled(redone != nullptr);
    undo_->setToolTip(undone == nullptr ? tr("Undo (Ctrl+Z)")
                                        : tr("Undo: %1 (Ctrl+Z)").arg(to_qt(*undone)));
    redo_->setToolTip(redone == nullptr ? tr("Redo") : tr("Redo: %1").arg(to_qt(*redone)));
    if (const bool unsaved = has_unsaved(); unsaved != had_unsaved_) {
        had_unsaved_ = unsaved;
        Q_EMIT unsaved_changed();
    }
}

void ConfigTab::refresh_lists() {
    lists_timer_.stop();
    if (open_) {
        model_->refresh_states();
        problems_->set_problems(open_->problems());
    }
}

project::Completions ConfigTab::complete(std::string_view text, std::size_t at) const {
    const auto resource = project::resource_at(path_);
    if (!resource) {
        return {at, at, {}};
    }
    return project::complete(project::kind(resource->kind), text, at,
                             [this](std::string_view group) { return names_of(group); });
}

std::vector<project::Problem> ConfigTab::problems_here() const {
    std::vector<project::Problem> out;
    for (const project::Problem& each : open_->problems()) {
        if (each.path == path_) {
            out.push_back(each);
        }
    }
    return out;
}

} // namespace tau::ui
