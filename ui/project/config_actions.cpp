// The configuration tab, as far as it works on the tree or on all of it: new, rename, clone, move,
// delete, search, save.
#include "core/project/scope.h"
#include "ui/common/text.h"
#include "ui/project/config_tab.h"

#include <QKeyEvent>
#include <QMenu>
#include <QScopedValueRollback>

namespace tau::ui {

using project::KindId;

namespace {

constexpr int most_named = 5;

QString project_name(const project::Store& store) {
    const project::File* config = store.file("config.yaml");
    return config == nullptr || config->document() == nullptr
               ? QString()
               : to_qt(yaml::text_at(*config->document(), "name"));
}

/// "a.go, b.go and 3 more"
QString some_of(const QStringList& names) {
    const int more = static_cast<int>(names.size()) - most_named;
    const QString named = names.mid(0, most_named).join(QStringLiteral(", "));
    return more > 0 ? ConfigTab::tr("%1 and %2 more").arg(named).arg(more) : named;
}

} // namespace

const project::Resource* ConfigTab::chosen() const {
    return model_->resource_at(filter_->mapToSource(tree_->currentIndex()));
}

std::vector<std::string> ConfigTab::names_of(std::string_view group) const {
    const auto here = project::resource_at(path_);
    const project::Kind* kind = project::kind_of_group(group);
    return open_ && kind != nullptr
               ? project::names_in_reach(open_->store(), kind->id,
                                         here ? std::string_view(here->application)
                                              : std::string_view())
               : std::vector<std::string>();
}

/// Files came or went: what was open and chosen stays so.
void ConfigTab::rebuild_tree() {
    const QScopedValueRollback<bool> quiet(showing_, true);
    QStringList open;
    const std::function<void(const QModelIndex&)> collect = [&](const QModelIndex& parent) {
        for (int row = 0; row < filter_->rowCount(parent); ++row) {
            const QModelIndex index = filter_->index(row, 0, parent);
            if (filter_->rowCount(index) > 0 && tree_->isExpanded(index)) {
                open << model_->key_of(filter_->mapToSource(index));
                collect(index);
            }
        }
    };
    collect({});
    model_->rebuild();
    for (const QString& key : open) {
        tree_->expand(filter_->mapFromSource(model_->index_of_key(key)));
    }
    const QModelIndex now = filter_->mapFromSource(model_->index_of(path_));
    if (now.isValid()) {
        tree_->setCurrentIndex(now);
    }
}

void ConfigTab::search_for(const QString& text) {
    const QScopedValueRollback<bool> quiet(showing_, true);
    filter_->setFilterFixedString(text);
    if (text.isEmpty()) {
        tree_->collapseAll();
        tree_->expandToDepth(0);
    } else {
        tree_->expandAll();
    }
    const QModelIndex now = filter_->mapFromSource(model_->index_of(path_));
    if (now.isValid()) {
        tree_->setCurrentIndex(now);
        tree_->scrollTo(now);
    }
}

bool ConfigTab::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape && !search_->text().isEmpty()) {
            search_->clear();
            return true;
        }
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            tree_->setFocus(Qt::OtherFocusReason);
            // The first resource that was found, not the group above it.
            QModelIndex index = filter_->index(0, 0);
            while (index.isValid() && filter_->rowCount(index) > 0 && !search_->text().isEmpty()) {
                index = filter_->index(0, 0, index);
            }
            if (!search_->text().isEmpty() && index.isValid()) {
                tree_->setCurrentIndex(index);
            }
            return true;
        }
    }
    return ProjectTab::eventFilter(watched, event);
}

void ConfigTab::ask_new() {
    flush();
    if (!open_) {
        return;
    }
    const QModelIndex index = filter_->mapToSource(tree_->currentIndex());
    const project::Resource* near = chosen();
    const bool resource =
        near != nullptr && near->kind != KindId::project && near->kind != KindId::application;
    new_->ask(open_->store(), resource ? near->kind : KindId::function,
              model_->application_at(index));
    right_->setCurrentWidget(new_);
    new_->name().setFocus(Qt::OtherFocusReason);
}

void ConfigTab::create(const project::NewResource& wanted) {
    right_->setCurrentIndex(0);
    const std::string code =
        project::code_folder({wanted.kind, wanted.application, wanted.name}) + "/";
    perform(
        [this, wanted = wanted, code]() mutable {
            const auto first = open_->code().lower_bound(code);
            wanted.has_code = first != open_->code().end() && first->first.starts_with(code);
            return project::plan_new(open_->store(), wanted, config_.entropy(), config_.now());
        },
        project::path_of(wanted.kind, wanted.application, wanted.name));
}

void ConfigTab::tell_plan_error(const Error& error) {
    prompt_->isVisible() ? prompt_->set_note(to_qt(sentences(error)), true)
                         : messages_->show_error(error);
}

/// Plans again when folders of code had to be read first: what is in them is not to be lost.
void ConfigTab::perform(const MakePlan& make, const std::string& go_to) {
    const auto plan = make();
    if (!plan) {
        return tell_plan_error(plan.error());
    }
    for (const std::string& folder : project::code_targets(*plan)) {
        if (!project_.code.empty() && !code_known_.contains(folder)) {
            return with_code(folder, [this, make, go_to] { perform(make, go_to); });
        }
    }
    const auto change = project::change_of(*plan, open_->others(), open_->code());
    change ? carry_out(*plan, *change, go_to) : tell_plan_error(change.error());
}

/// A plan's notes are told, its code goes with it.
void ConfigTab::carry_out(const project::Plan& plan, const project::Change& change,
                          const std::string& go_to) {
    prompt_->close_prompt();
    if (!apply(change)) {
        return;
    }
    after(change);
    if (!go_to.empty()) {
        select(go_to);
    }
    tree_->setFocus(Qt::OtherFocusReason);
    announce(this, to_qt(plan.label));
    if (!plan.notes.empty() && !go_to.empty()) {
        QStringList notes;
        for (const std::string& note : plan.notes) {
            notes << to_qt(note);
        }
        messages_->show_message(Tone::warn, notes.join(QLatin1Char(' ')));
    }
}

void ConfigTab::ask_rename() {
    flush();
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (resource == nullptr) {
        return;
    }
    with_files(*resource, [this, resource = *resource] {
        const QString old =
            resource.kind == KindId::project ? project_name(open_->store()) : to_qt(resource.name);
        prompt_->ask(tr("New name of %1").arg(old), old, tr("Rename"),
                     [this, resource](const QString& answer) {
                         const std::string name = to_utf8(answer);
                         perform(
                             [this, resource, name] {
                                 return project::plan_rename(open_->store(), resource, name);
                             },
                             resource.kind == KindId::project
                                 ? resource.path()
                                 : project::path_of(resource.kind, resource.application, name));
                     });
        prompt_->edit()->setText(old);
        prompt_->edit()->selectAll();
    });
}

void ConfigTab::ask_clone() {
    flush();
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (resource == nullptr || resource->kind == KindId::project) {
        return;
    }
    with_files(*resource, [this, resource = *resource] {
        prompt_->ask(tr("Name of the copy of %1").arg(to_qt(resource.name)), to_qt(resource.name),
                     tr("Clone"), [this, resource](const QString& answer) {
                         const std::string name = to_utf8(answer);
                         const std::string application = resource.kind == KindId::application
                                                             ? std::string()
                                                             : resource.application;
                         perform(
                             [this, resource, name, application] {
                                 return project::plan_clone(open_->store(), resource, name,
                                                            application, config_.entropy(),
                                                            config_.now());
                             },
                             project::path_of(resource.kind, application, name));
                     });
        prompt_->edit()->setText(to_qt(resource.name) + QStringLiteral("_copy"));
        prompt_->edit()->selectAll();
    });
}

void ConfigTab::move_to(const std::string& application) {
    flush();
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (resource == nullptr) {
        return;
    }
    with_files(*resource, [this, resource = *resource, application] {
        perform([this, resource,
                 application] { return project::plan_move(open_->store(), resource, application); },
                project::path_of(resource.kind, application, resource.name));
    });
}

void ConfigTab::ask_delete() {
    flush();
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (resource != nullptr && resource->kind != KindId::project) {
        with_files(*resource, [this, resource = *resource] { confirm_delete(resource); });
    }
}

/// Says who uses it, and what of its code goes along.
void ConfigTab::confirm_delete(const project::Resource& resource) {
    const auto plan = project::plan_remove(open_->store(), resource);
    if (!plan) {
        messages_->show_error(plan.error());
        return;
    }
    QStringList users;
    for (const project::Reference& use : project::References(open_->store()).used_by(resource)) {
        users << to_qt(use.from.path());
    }
    users.removeDuplicates();
    QStringList code;
    for (const auto& [path, text] : project::move_edits(plan->code_moves, open_->code())) {
        code << to_qt(path);
    }
    QString sentence =
        tr("Delete %1?").arg(to_qt(resource.name)) + QLatin1Char(' ') +
        (users.isEmpty() ? tr("Nothing uses it.") : tr("It is used by %1.").arg(some_of(users)));
    std::vector<MessageBar::Action> actions;
    const auto remove = [this, resource](bool with_code) {
        perform(
            [this, resource, with_code] {
                return project::plan_remove(open_->store(), resource)
                    .map([&](project::Plan removed) {
                        if (!with_code) {
                            removed.code_moves.clear();
                        }
                        return removed;
                    });
            },
            {});
    };
    if (code.isEmpty()) {
        actions.push_back({tr("Delete"), [remove] { remove(true); }});
    } else {
        sentence += QLatin1Char(' ') + tr("Its code: %1.").arg(some_of(code));
        actions.push_back({tr("Delete with its code"), [remove] { remove(true); }});
        actions.push_back({tr("Delete, leave the code"), [remove] { remove(false); }});
    }
    actions.push_back({tr("Keep"), [this] { tree_->setFocus(Qt::OtherFocusReason); }});
    messages_->show_message(users.isEmpty() ? Tone::accent : Tone::warn, sentence,
                            std::move(actions));
}

/// Calls `then` with everything known that goes where the resource goes: its code, and whatever
/// else lies in an application's folder.
void ConfigTab::with_files(const project::Resource& resource, const std::function<void()>& then) {
    const std::string code = folder_of_code(resource);
    if (resource.kind != KindId::application) {
        with_code(code, then);
        return;
    }
    code_job_.start(
        [&config = config_, project = project_,
         folder = "applications/" + resource.name](std::stop_token stop) {
            return config.files(project, vault::Role::configuration, folder, stop);
        },
        [this, code, then, folder = "applications/" + resource.name,
         workspace = open_](const Result<git::Files>& files) {
            if (workspace != open_) {
                return;
            }
            if (!files) {
                messages_->show_error(files.error());
                return;
            }
            tell_edited_elsewhere(open_->know_others(folder, *files).edited);
            with_code(code, then);
        });
}

bool ConfigTab::has_unsaved() const {
    for (const auto& [id, workspace] : kept_) {
        if (workspace != nullptr && !workspace->unsaved().empty()) {
            return true;
        }
    }
    return text_timer_.isActive();
}

std::size_t ConfigTab::unsaved_files(const flow::LocalProject& project) {
    flush();
    const auto found = kept_.find(project.configuration);
    return found == kept_.end() || found->second == nullptr ? 0 : found->second->unsaved().files();
}

void ConfigTab::forget(const flow::LocalProject& project) {
    if (project_.configuration == project.configuration) {
        show_project({});
    }
    kept_.erase(project.configuration);
    refresh_bar();
}

void ConfigTab::save() {
    save_edits(project_);
}

void ConfigTab::save_edits(const flow::LocalProject& project) {
    if (unsaved_files(project) == 0 || save_job_.running()) {
        return;
    }
    read_job_.drop(); // it may have read what is replaced now
    const std::shared_ptr<project::Workspace> workspace = kept_.at(project.configuration);
    auto unsaved = std::make_shared<project::Workspace::Unsaved>(workspace->unsaved());
    save_job_.start([&config = config_, project,
                     unsaved](std::stop_token) { return config.save(project, *unsaved); },
                    [this, unsaved, workspace](const Result<void>& done) {
                        if (!done) {
                            Q_EMIT save_failed();
                            messages_->show_error(done.error());
                            enter();
                        } else {
                            workspace->saved(*unsaved);
                            messages_->close_message(); // what was said of the edits is over
                            announce(this, tr("Saved."));
                            Q_EMIT project_changed();
                        }
                        refresh_lists();
                        refresh_bar();
                    });
    refresh_bar();
}

} // namespace tau::ui
